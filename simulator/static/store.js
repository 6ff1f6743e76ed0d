// What the page knows, kept up to date by a long poll. Nothing here touches the page itself.

export const store = {
  revision: 0, bot: { id: "", name: "" }, people: [], groups: [], loading: [],
  quota: { used: 0, limit: null }, calls: [], faults: [], webhook: { address: "", results: {} },
  messages: new Map(),
};
const CALLS_KEPT = 200;
const listeners = new Set();

/** `listener(changed)` runs after every change; `changed` is the set of chats with news. */
export function onChange(listener) {
  listeners.add(listener);
}

export const person = (id) => store.people.find((one) => one.id === id);
export const group = (id) => store.groups.find((one) => one.id === id);
export const nameOf = (id) => (id === store.bot.id ? store.bot.name : person(id)?.name ?? "สมาชิก");

/** Messages of a chat, oldest first. */
export function messagesOf(chat) {
  return [...(store.messages.get(chat)?.values() ?? [])];
}

/** Do something as a person; what comes of it arrives with the poll. Raises with LINE's words. */
export async function act(what) {
  const answer = await fetch("/ui/act", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(what),
  });
  if (!answer.ok) throw new Error((await answer.json()).message);
}

function take(news) {
  const { chats, calls, ...small } = news;
  Object.assign(store, small);
  store.calls = [...store.calls, ...calls].slice(-CALLS_KEPT);
  for (const [chat, messages] of Object.entries(chats)) {
    if (!store.messages.has(chat)) store.messages.set(chat, new Map());
    for (const message of messages) store.messages.get(chat).set(message.id, message);
  }
  const changed = new Set(Object.keys(chats));
  for (const listener of listeners) listener(changed);
}

/** Poll for ever; `onStatus(ok)` tells whether the platform answers. */
export async function follow(onStatus) {
  for (;;) {
    try {
      const answer = await fetch(`/ui/state?after=${store.revision}`);
      if (!answer.ok) throw new Error(answer.statusText);
      take(await answer.json());
      onStatus(true);
    } catch {
      onStatus(false);
      await new Promise((go) => setTimeout(go, 1500));
    }
  }
}
