"""The donor's own addresses, under /<language>/; and those of links in mails, which need no session."""

from django.urls import path

from shop.giving.views import (
    acts,
    card,
    gift,
    home,
    links,
    mend,
    monthly,
    occasions,
    own,
    privacy,
    sign_in,
    statements,
    unsubscribe,
)

app_name = "giving"

urlpatterns = [
    path("my-giving/", home.Home.as_view(), name="home"),
    path("my-giving/sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("my-giving/sign-in/sent/", sign_in.SignInSent.as_view(), name="sign_in_sent"),
    path("my-giving/sign-in/link/<slug:token>/", sign_in.SignInLink.as_view(), name="sign_in_link"),
    path("my-giving/sign-out/", sign_in.SignOut.as_view(), name="sign_out"),
    path("my-giving/gifts/<int:gift_id>/", gift.Gift.as_view(), name="gift"),
    path("my-giving/monthly/<int:gift_id>/", monthly.Monthly.as_view(), name="monthly"),
    path("my-giving/monthly/<int:gift_id>/change/", acts.Change.as_view(), name="monthly_change"),
    path("my-giving/monthly/<int:gift_id>/skip/", acts.Skip.as_view(), name="monthly_skip"),
    path("my-giving/monthly/<int:gift_id>/pause/", acts.Pause.as_view(), name="monthly_pause"),
    path("my-giving/monthly/<int:gift_id>/resume/", acts.Resume.as_view(), name="monthly_resume"),
    path("my-giving/monthly/<int:gift_id>/cancel/", acts.Cancel.as_view(), name="monthly_cancel"),
    path("my-giving/monthly/<int:gift_id>/restart/", acts.Restart.as_view(), name="monthly_restart"),
    path("my-giving/monthly/<int:gift_id>/switch/", acts.Switch.as_view(), name="monthly_switch"),
    path("my-giving/monthly/<int:gift_id>/card/", card.Card.as_view(), name="monthly_card"),
    path("my-giving/monthly/<int:gift_id>/card/back/", card.CardBack.as_view(), name="monthly_card_back"),
    path("my-giving/monthly/<int:gift_id>/mend/", mend.OwnMend.as_view(), name="monthly_mend"),
    path("my-giving/statements/", statements.Statements.as_view(), name="statements"),
    path("my-giving/statements/<int:statement_id>/pdf/", statements.StatementPdf.as_view(), name="statement_pdf"),
    path("my-giving/claim/", statements.Claim.as_view(), name="claim"),
    path("my-giving/details/", own.Details.as_view(), name="details"),
    path("my-giving/mails/", own.Mails.as_view(), name="mails"),
    path("my-giving/cards/", own.Cards.as_view(), name="cards"),
    path("my-giving/privacy/", privacy.Privacy.as_view(), name="privacy"),
    path("my-giving/privacy/export/", privacy.Export.as_view(), name="export"),
    path("my-giving/privacy/export/page/", privacy.ExportPage.as_view(), name="export_page"),
    path("my-giving/privacy/erase/", privacy.Erase.as_view(), name="erase"),
    path("monthly/undo/<slug:token>/", links.Undo.as_view(), name="link_undo"),
    path("monthly/mend/<slug:token>/", mend.Mend.as_view(), name="link_mend"),
    path("monthly/more/<slug:token>/", links.More.as_view(), name="link_more"),
    path("monthly/merge/<slug:token>/", links.Merge.as_view(), name="link_merge"),
    path("monthly/give/<slug:token>/", occasions.Give.as_view(), name="link_give"),
    path("monthly/skip/<slug:token>/", occasions.Skip.as_view(), name="link_skip"),
    path("monthly/stop/<slug:token>/", occasions.Stop.as_view(), name="link_stop"),
    path("unsubscribe/<slug:token>/", unsubscribe.Unsubscribe.as_view(), name="unsubscribe"),
]
