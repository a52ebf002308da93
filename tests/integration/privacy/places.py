"""Every place where personal data, or what opens them, may be; and what makes it unreadable there.

A new column of bytes fails the test until it stands here: that is the moment to think about it. Columns of other kinds hold
no personal data at all.
"""

CONTACT = "encrypted under the donor's contact key"
YEAR = "encrypted under the donor's key of the year"
OWN = "encrypted under a key of the row's own"
TOKEN = "encrypted under a key made from a token that only the browser has"
WRAPPING = "encrypted under a wrapping key of the environment"
KEYED = "a hash with a key of the environment"
RANDOM = "a hash of random bits, or random bits"

PLACES = {
    "donors_checkoutdraft.content": TOKEN,
    "donors_checkoutdraft.token_hash": RANDOM,
    "donors_dedication.giver_name": CONTACT,
    "donors_dedication.message": CONTACT,
    "donors_dedication.recipient_email": CONTACT,
    "donors_dedication.recipient_name": CONTACT,
    "donors_donor.address": CONTACT,
    "donors_donor.company_name": CONTACT,
    "donors_donor.contact_key": WRAPPING,
    "donors_donor.email": CONTACT,
    "donors_donor.email_hash": KEYED,
    "donors_donor.name": CONTACT,
    "donors_donor.nip": CONTACT,
    "donors_donor.seal_key": WRAPPING,
    "donors_donorsession.token_hash": RANDOM,
    "donors_giftdetails.address": CONTACT,
    "donors_giftdetails.company_name": CONTACT,
    "donors_giftdetails.name": CONTACT,
    "donors_giftdetails.nip": CONTACT,
    "donors_mail.address": CONTACT,
    "donors_mail.context": CONTACT,
    "donors_mail.own_key": WRAPPING,
    "donors_signincount.key_hash": KEYED,
    "donors_signinrequest.address": OWN,
    "donors_signinrequest.browser_hash": RANDOM,
    "donors_signinrequest.code_hash": KEYED,
    "donors_signinrequest.code_salt": RANDOM,
    "donors_signinrequest.link_hash": RANDOM,
    "donors_signinrequest.own_key": WRAPPING,
    "donors_statutorykey.key": WRAPPING,
    "donors_statutoryrecord.address": YEAR,
    "donors_statutoryrecord.company_name": YEAR,
    "donors_statutoryrecord.email_masked": YEAR,
    "donors_statutoryrecord.name": YEAR,
    "donors_statutoryrecord.nip": YEAR,
    "payments_providerevent.sealed_body": WRAPPING,
}

NO_PERSONAL_DATA = {
    "seal_logentry.content": "what was published, and which key signs",
    "seal_logentry.leaf_hash": "a hash of it",
    "seal_lognode.hash": "a hash of such hashes",
    "seal_noteschunk.leaves": "salted hashes of notes; who lacks a gift's seed learns nothing from them",
    "seal_noteschunk.groups": "the first of them in each group, and hashes of them",
    "seal_notesfile.tops": "the same for each piece",
    "seal_sending.answer": "a time-stamp of a checkpoint",
    "evidence_content.sealed": "of no donor; pictures and papers of help, encrypted under a key of the item's own",
    "evidence_contentkey.wrapped": "the item's own key, encrypted under a wrapping key of the environment",
    "payments_receipt.content": "sums, lines, the donee; the donor's part is a number",
    "payments_scopedlink.token_hash": "a hash of random bits",
    "transparency_report.content": "figures",
}

ONLY_UNDER_WAY = {
    "donors_giftdetails.address": "the checkout asks for none",
    "donors_statutoryrecord.address": "the checkout asks for none",
}
"""Places that this test's life of a donor doesn't fill."""
