// What scrolls sideways can be reached with the keyboard. Browsers will do this by themselves one day.
"use strict";

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
