"""One report in many forms: page, CSV, XLSX, PDF and JSON are made from the same sections, and so say the same."""
