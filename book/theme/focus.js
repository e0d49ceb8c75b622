// What cannot be reached with the keyboard, or tells a screen reader nothing, in today's browsers and mdBook's own markup.
(() => {
    "use strict";

    // What scrolls sideways. Browsers will do this by themselves one day.
    function focusWhatScrolls() {
        for (const block of document.querySelectorAll("main pre > code, main .table-wrapper, main pre")) {
            if (block.scrollWidth > block.clientWidth) {
                block.tabIndex = 0;
            } else if (block.tabIndex === 0) {
                block.removeAttribute("tabindex");
            }
        }
    }

    addEventListener("load", focusWhatScrolls);
    addEventListener("resize", focusWhatScrolls);

    // The switch of the sidebar is a label, which takes no focus and may have no aria-label: it works as a button and is one.
    const sidebarSwitch = document.getElementById("mdbook-sidebar-toggle");
    if (sidebarSwitch) {
        sidebarSwitch.setAttribute("role", "button");
        sidebarSwitch.tabIndex = 0;
        sidebarSwitch.addEventListener("keydown", event => {
            if (event.key !== "Enter" && event.key !== " ") return;
            event.preventDefault();
            sidebarSwitch.click();
        });
    }

    // The book's title with the buttons beside it, and the search: landmarks, like the contents and the text. The help on keys
    // is a dialog.
    const roles = { "mdbook-menu-bar": "banner", "mdbook-search-wrapper": "search", "mdbook-help-popup": "dialog" };
    for (const [id, role] of Object.entries(roles)) document.getElementById(id)?.setAttribute("role", role);
    const help = document.getElementById("mdbook-help-popup");
    help?.setAttribute("aria-label", help.querySelector("h2").textContent);

    // What to search for stands only in the field, as long as it is empty.
    const searchField = document.getElementById("mdbook-searchbar");
    searchField?.setAttribute("aria-label", searchField.placeholder);
})();
