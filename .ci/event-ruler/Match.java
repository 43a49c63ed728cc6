import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;

/** EventBridge's own engine: `{patterns: {NAME: …}, events: […]}` on standard input, for each event the sorted names on standard output. */
class Match {
  public static void main(String[] args) throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode input = json.readTree(System.in);
    Machine machine = new Machine();
    for (var pattern : input.get("patterns").properties())
      for (var rule : JsonRuleCompiler.compile(pattern.getValue().toString())) machine.addPatternRule(pattern.getKey(), rule);
    List<List<String>> matches = new ArrayList<>();
    for (JsonNode event : input.get("events")) matches.add(machine.rulesForJSONEvent(event.toString()).stream().sorted().toList());
    json.writeValue(System.out, matches);
  }
}
