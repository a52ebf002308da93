"""What can be done with what we know of donors. These names are the contract with the rooms above."""

from donors.operations.ask_for_link import DonorHasNoAddress, decide_sign_in, resend_sign_in, sweep_sign_ins
from donors.operations.choose_mails import choose_mails, look_at_unsubscribe, mail_choices, unsubscribe
from donors.operations.dedications import (
    add_dedication,
    cancel_dedications,
    forget_stale_dedications,
    release_dedications,
)
from donors.operations.drafts import DraftTooLarge, drop_draft, expire_drafts, load_draft, save_draft
from donors.operations.erase_contact import erase_contact
from donors.operations.erase_everything import (
    ErasureHindered,
    ErasurePlan,
    Going,
    Kept,
    erase_everything,
    erase_what_is_due,
    plan_erasure,
)
from donors.operations.erasure_log import (
    ErasureLogDamaged,
    OtherErasures,
    apply_erasures,
    export_erasures,
    log_path,
    register_erasures,
)
from donors.operations.export_donor import export_donor
from donors.operations.gift_details import Giver, forget_stale_gift_details, keep_gift_details, keep_while_it_comes
from donors.operations.own_cards import Card, CardState, cards_of
from donors.operations.own_details import change_contact, change_language, own_contact
from donors.operations.queue_mail import MailHasNoRecipient, cancel_mail, queue_mail
from donors.operations.remember_donor import remember_anonymous, remember_donor
from donors.operations.rewrap_keys import Rewrapped, rewrap_keys
from donors.operations.seal_seeds import gift_seed, gift_seeds
from donors.operations.send_mails import Outcome, forget_failed_mails, retry_mail, send_due_mails, send_mail
from donors.operations.sign_in_limits import forget_counts
from donors.operations.statutory import (
    StatutoryDetails,
    StatutoryRecordErased,
    read_statutory_record,
    write_statutory_record,
)

__all__ = [
    "Card",
    "CardState",
    "DonorHasNoAddress",
    "DraftTooLarge",
    "ErasureHindered",
    "ErasureLogDamaged",
    "ErasurePlan",
    "Giver",
    "Going",
    "Kept",
    "MailHasNoRecipient",
    "OtherErasures",
    "Outcome",
    "Rewrapped",
    "StatutoryDetails",
    "StatutoryRecordErased",
    "add_dedication",
    "apply_erasures",
    "cancel_dedications",
    "cancel_mail",
    "cards_of",
    "change_contact",
    "change_language",
    "choose_mails",
    "decide_sign_in",
    "drop_draft",
    "erase_contact",
    "erase_everything",
    "erase_what_is_due",
    "expire_drafts",
    "export_donor",
    "export_erasures",
    "forget_counts",
    "forget_failed_mails",
    "forget_stale_dedications",
    "forget_stale_gift_details",
    "gift_seed",
    "gift_seeds",
    "keep_gift_details",
    "keep_while_it_comes",
    "load_draft",
    "log_path",
    "look_at_unsubscribe",
    "mail_choices",
    "own_contact",
    "plan_erasure",
    "queue_mail",
    "read_statutory_record",
    "register_erasures",
    "release_dedications",
    "remember_anonymous",
    "remember_donor",
    "resend_sign_in",
    "retry_mail",
    "rewrap_keys",
    "save_draft",
    "send_due_mails",
    "send_mail",
    "sweep_sign_ins",
    "unsubscribe",
    "write_statutory_record",
]
