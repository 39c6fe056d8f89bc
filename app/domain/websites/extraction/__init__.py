"""From a page's HTML to what it says of the business behind it: pure functions, safe on any input."""
