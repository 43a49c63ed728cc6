const owners = ["123456789012", "111122223333"];
const ranges = ["203.0.113.0/24", "203.0.113.64/26", "2001:db8:10::/48"];

/** The simplest decision: the owner or the range is in a list. */
export function isPermitted({ eC2SecurityGroupOwnerId, cIDRIP }) {
  return owners.includes(eC2SecurityGroupOwnerId) || ranges.includes(cIDRIP);
}
