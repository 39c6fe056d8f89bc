"""Who a company is, and which sentences, pages and entries of registers are about it."""
