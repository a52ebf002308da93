"""What can be done with gifts that come again. One file, one verb or one noun. These names are the contract with the
rooms above; each is exported by its own line."""

from payments.operations.monthly.follow import follow_subscription as follow_subscription
from payments.operations.monthly.follow import settle_monthly as settle_monthly
from payments.operations.monthly.invoices import apply_invoice as apply_invoice
from payments.operations.monthly.start import StartedMonthly as StartedMonthly
from payments.operations.monthly.start import cancel_monthly_checkout as cancel_monthly_checkout
from payments.operations.monthly.start import start_monthly as start_monthly
from payments.queries.monthly_start import live_commitment as live_commitment
from payments.operations.monthly.acts import Acted as Acted
from payments.operations.monthly.acts import ActKeyReused as ActKeyReused
from payments.operations.monthly.acts import By as By
from payments.operations.monthly.acts import NotNow as NotNow
from payments.operations.monthly.acts import NotNowReason as NotNowReason
from payments.operations.monthly.cancel import cancel_monthly as cancel_monthly
from payments.operations.monthly.change import change_terms as change_terms
from payments.operations.monthly.choices import choose_language as choose_language
from payments.operations.monthly.choices import choose_receipts as choose_receipts
from payments.operations.monthly.merge import merge_gifts as merge_gifts
from payments.operations.monthly.method import keep_method as keep_method
from payments.operations.monthly.method import keep_method_of as keep_method_of
from payments.operations.monthly.method import use_other_method as use_other_method
from payments.operations.monthly.pause import pause as pause
from payments.operations.monthly.pause import resume as resume
from payments.operations.monthly.resolve import acts_in_doubt as acts_in_doubt
from payments.operations.monthly.resolve import resolve_act as resolve_act
from payments.operations.monthly.restart import restart as restart
from payments.operations.monthly.skip import skip_next as skip_next
from payments.operations.monthly.switch_kind import switch_kind as switch_kind
