// The server has what somebody wrote in a form, so this device no longer keeps it (typed.js).
try { localStorage.removeItem(`cpd:typed:${document.currentScript.dataset.place}`); } catch { /* nothing is stored here */ }
