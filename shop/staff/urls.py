"""The staff's desk."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from shop.staff.views.allocation import OneAllocation
from shop.staff.views.allocations import Allocations
from shop.staff.views.cover import OneCover
from shop.staff.views.deficits import Deficits
from shop.staff.views.deliveries import Deliveries
from shop.staff.views.delivery import OneDelivery
from shop.staff.views.disputes import Disputes, OneDispute
from shop.staff.views.document import OneDocument
from shop.staff.views.documents import Documents
from shop.staff.views.donation import OneDonation
from shop.staff.views.donations import Donations
from shop.staff.views.evidence import EvidenceList
from shop.staff.views.evidence_item import EvidenceFile, EvidenceItem
from shop.staff.views.evidence_of import EvidenceOf
from shop.staff.views.funds import Funds, OneFund
from shop.staff.views.good import OneGood
from shop.staff.views.goods import Goods
from shop.staff.views.grants import Grants
from shop.staff.views.import_run import OneImport
from shop.staff.views.imports import Imports, ImportTemplate
from shop.staff.views.lot import OneLot
from shop.staff.views.lots import Lots
from shop.staff.views.mails import FailedMails
from shop.staff.views.matters import Matters
from shop.staff.views.monthly_gift import OneMonthlyGift
from shop.staff.views.monthly_gifts import MonthlyGifts
from shop.staff.views.partner import OnePartner
from shop.staff.views.partners import Partners
from shop.staff.views.payables import Payables
from shop.staff.views.payouts import OnePayout, Payouts
from shop.staff.views.redirect import OneRedirect
from shop.staff.views.redirects import Redirects
from shop.staff.views.report import OneReport
from shop.staff.views.report_preview import ReportPreview
from shop.staff.views.reports import Reports
from shop.staff.views.service import OneService
from shop.staff.views.services import Services
from shop.staff.views.share_policies import SharePolicies
from shop.staff.views.trail import Trail
from shop.staff.views.unmatched import Unmatched


class FundCode(StringConverter):
    """A fund's code, as it stands in the books."""

    regex = "[A-Z0-9]+(?:-[A-Z0-9]+)*"


register_converter(FundCode, "fund_code")

app_name = "staff"
urlpatterns = [
    path("allocations/", Allocations.as_view(), name="allocations"),
    path("allocations/<int:allocation_id>/", OneAllocation.as_view(), name="allocation"),
    path("documents/", Documents.as_view(), name="documents"),
    path("documents/<int:document_id>/", OneDocument.as_view(), name="document"),
    path("goods/", Goods.as_view(), name="goods"),
    path("goods/<int:item_id>/", OneGood.as_view(), name="good"),
    path("lots/", Lots.as_view(), name="lots"),
    path("lots/<int:lot_id>/", OneLot.as_view(), name="lot"),
    path("deliveries/", Deliveries.as_view(), name="deliveries"),
    path("deliveries/<int:delivery_id>/", OneDelivery.as_view(), name="delivery"),
    path("services/", Services.as_view(), name="services"),
    path("services/<int:service_id>/", OneService.as_view(), name="service"),
    path("imports/", Imports.as_view(), name="imports"),
    path("imports/<int:run_id>/", OneImport.as_view(), name="import"),
    path("imports/template/<slug:kind>.<slug:form>", ImportTemplate.as_view(), name="import_template"),
    path("evidence/", EvidenceList.as_view(), name="evidence"),
    path("evidence/<int:item_id>/", EvidenceItem.as_view(), name="evidence_item"),
    path("evidence/<int:item_id>/file/", EvidenceFile.as_view(), name="evidence_file"),
    path("evidence/of/<slug:subject_kind>/<int:subject_id>/", EvidenceOf.as_view(), name="evidence_of"),
    path("grants/", Grants.as_view(), name="grants"),
    path("payables/", Payables.as_view(), name="payables"),
    path("partners/", Partners.as_view(), name="partners"),
    path("partners/<int:partner_id>/", OnePartner.as_view(), name="partner"),
    path("redirects/", Redirects.as_view(), name="redirects"),
    path("redirects/<int:redirect_id>/", OneRedirect.as_view(), name="redirect"),
    path("deficits/", Deficits.as_view(), name="deficits"),
    path("deficits/covers/<int:cover_id>/", OneCover.as_view(), name="cover"),
    path("funds/", Funds.as_view(), name="funds"),
    path("funds/<fund_code:code>/", OneFund.as_view(), name="fund"),
    path("donations/", Donations.as_view(), name="donations"),
    path("donations/<int:donation_id>/", OneDonation.as_view(), name="donation"),
    path("monthly/", MonthlyGifts.as_view(), name="monthly_gifts"),
    path("monthly/<int:gift_id>/", OneMonthlyGift.as_view(), name="monthly_gift"),
    path("unmatched/", Unmatched.as_view(), name="unmatched"),
    path("matters/", Matters.as_view(), name="matters"),
    path("payouts/", Payouts.as_view(), name="payouts"),
    path("payouts/<int:payout_id>/", OnePayout.as_view(), name="payout"),
    path("disputes/", Disputes.as_view(), name="disputes"),
    path("disputes/<int:dispute_id>/", OneDispute.as_view(), name="dispute"),
    path("mails/", FailedMails.as_view(), name="mails"),
    path("reports/", Reports.as_view(), name="reports"),
    path("reports/<int:report_id>/", OneReport.as_view(), name="report"),
    path("reports/<int:report_id>/preview/", ReportPreview.as_view(), name="report_preview"),
    path("running-costs/", SharePolicies.as_view(), name="share_policies"),
    path("trail/", Trail.as_view(), name="trail"),
]
