"""The staff's desk."""

from django.urls import path

from shop.staff.views.allocations import Allocations, OneAllocation
from shop.staff.views.documents import Documents, OneDocument
from shop.staff.views.donations import Donations, OneDonation, Unmatched
from shop.staff.views.reports import OneReport, Reports
from shop.staff.views.trail import Trail

app_name = "staff"
urlpatterns = [
    path("allocations/", Allocations.as_view(), name="allocations"),
    path("allocations/<int:allocation_id>/", OneAllocation.as_view(), name="allocation"),
    path("documents/", Documents.as_view(), name="documents"),
    path("documents/<int:document_id>/", OneDocument.as_view(), name="document"),
    path("donations/", Donations.as_view(), name="donations"),
    path("donations/<int:donation_id>/", OneDonation.as_view(), name="donation"),
    path("unmatched/", Unmatched.as_view(), name="unmatched"),
    path("reports/", Reports.as_view(), name="reports"),
    path("reports/<int:report_id>/", OneReport.as_view(), name="report"),
    path("trail/", Trail.as_view(), name="trail"),
]
