const owners = ["123456789012", "111122223333"];
const ranges = ["203.0.113.0/24", "203.0.113.64/26", "2001:db8:10::/48"];

/** The least that can be called a decision: what was asked for stands in a list, word for word. */
export function isPermitted({ eC2SecurityGroupOwnerId, cIDRIP }) {
  return owners.includes(eC2SecurityGroupOwnerId) || ranges.includes(cIDRIP);
}
