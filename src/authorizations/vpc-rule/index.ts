export { event as attachEvent } from "./attach-event.ts";
export { authorization } from "./authorization.ts";
export { event as authorizeEvent } from "./authorize-event.ts";
export { event as modifyEvent } from "./modify-event.ts";
export { event as prefixListEvent } from "./prefix-list-event.ts";
