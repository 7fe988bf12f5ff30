// Wakes the islands of the page. Names in @…@ are filled in by the build.
import init, * as pkg from "@JS@";
import live from "@LIVE@";

// Enforced trusted types allow no HTML from strings but through a policy. The framework makes static parts of
// islands that way, from text fixed at compile time; a live page reads its own address again, without running scripts.
globalThis.trustedTypes?.createPolicy("default", { createHTML: (html) => html });

const inner = [];

async function walk(node) {
  if (node.localName === "leptos-island") {
    const wake = pkg[node.dataset.component];
    if (!wake) throw new Error(`no island ${node.dataset.component}`);
    inner.at(-1)?.(); // restores the owner of enclosing island children
    await wake(node);
  }
  const children = node.localName === "leptos-children";
  if (children) inner.push(node.$$on_hydrate);
  for (const child of node.children) await walk(child);
  if (children) inner.pop();
}

try {
  await init({ module_or_path: "@WASM@" });
  pkg.hydrate();
  await walk(document.body);
  document.documentElement.dataset.islands = "awake";
} catch (error) {
  document.documentElement.dataset.islands = "failed";
  console.error(error);
}
live(document.documentElement.dataset.islands === "awake" ? walk : () => {});
