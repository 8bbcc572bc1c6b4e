// A part of the form that holds words stands open, also after a draft was brought back.
(() => {
  "use strict";
  const spoken = "input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea, select, input[type=checkbox]:checked";
  for (const part of document.querySelectorAll("details.v-more")) {
    if ([...part.querySelectorAll(spoken)].some((field) => field.value)) part.open = true;
  }
})();
