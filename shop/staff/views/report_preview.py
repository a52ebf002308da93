"""A report as everyone will read it, before it is published: a reviewer compares the page, not five numbers."""

from typing import Any

from django.http import Http404

from shop.staff.access import Desk
from transparency import queries


class ReportPreview(Desk):
    """The public page of a report that is built and not yet public. It says so, and offers no downloads."""

    template_name = "pages/reports/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = queries.report_preview(report_id=self.kwargs["report_id"])
        if page is None:
            raise Http404
        return super().get_context_data(report=page, **kwargs)
