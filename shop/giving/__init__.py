"""My giving: where each donor is at home. Signed in by mail, without a password; and the pages under links in mails."""
