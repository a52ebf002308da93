"""What every way of giving shares: the donor's form, the visitor's basket, the attempt to pay."""
