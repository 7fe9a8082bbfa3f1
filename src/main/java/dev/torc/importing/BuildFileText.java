package dev.torc.importing;

import dev.torc.syntax.Place;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * The text of a build file: entry by entry by snakeyaml-engine, with comments and empty lines
 * between them, and which line came from which place. It knows no keys.
 */
final class BuildFileText {

  /** What came from a place of the workflow file. */
  record Placed(Place place, Object value) {}

  /** A map that stands on one line. */
  record Flow(Map<String, ?> map) {}

  /** A text in quotes, also where it could stand without. */
  record Quoted(String text) {}

  /** How long a list on one line may be. */
  private static final int WIDTH = 72;

  /** A build file's scalars are texts, {@code 012} and {@code NO} too, but for those of nothing. */
  private static final class Texts extends FailsafeSchema {

    private static final Set<String> NO_TEXT = Set.of("", "~", "null", "<<");

    @Override
    public ScalarResolver getScalarResolver() {
      return (text, plain) -> plain && NO_TEXT.contains(text) ? Tag.NULL : Tag.STR;
    }
  }

  private static final DumpSettings SETTINGS =
      DumpSettings.builder()
          .setDefaultFlowStyle(FlowStyle.BLOCK)
          .setSplitLines(false)
          .setIndicatorIndent(2)
          .setIndentWithIndicator(true)
          .setMaxSimpleKeyLength(1024)
          .setDereferenceAliases(true)
          .setSchema(new Texts())
          .build();

  private static final class Representer extends StandardRepresenter {

    Representer() {
      super(SETTINGS);
      representers.put(
          Flow.class, flow -> representMapping(Tag.MAP, ((Flow) flow).map(), FlowStyle.FLOW));
      representers.put(
          String.class, text -> representScalar(Tag.STR, text.toString(), style(text.toString())));
      representers.put(
          Quoted.class,
          text -> representScalar(Tag.STR, ((Quoted) text).text(), ScalarStyle.DOUBLE_QUOTED));
      parentClassRepresenters.put(
          List.class,
          list ->
              representSequence(
                  Tag.SEQ,
                  (List<?>) list,
                  isShort((List<?>) list) ? FlowStyle.FLOW : FlowStyle.BLOCK));
    }
  }

  /** Line ends that are none of YAML's are read back from double quotes alone. */
  private static ScalarStyle style(String text) {
    if (!text.matches("[^\\x85\\u2028\\u2029\\ufeff]*")) {
      return ScalarStyle.DOUBLE_QUOTED;
    }
    return text.indexOf('\n') >= 0 ? ScalarStyle.LITERAL : ScalarStyle.PLAIN;
  }

  private final StringBuilder out = new StringBuilder();
  private final NavigableMap<Integer, Place> places = new TreeMap<>();
  private int line = 1;

  private static boolean isShort(List<?> list) {
    return list.stream().noneMatch(item -> item instanceof Map || item instanceof Collection)
        && list.toString().length() <= WIDTH;
  }

  /** What was written so far. */
  String text() {
    return out.toString();
  }

  /** For each line where something placed begins, its place. */
  NavigableMap<Integer, Place> places() {
    return places;
  }

  /** Writes a line as it stands: a comment, or an empty one. */
  void line(String text) {
    append(text + "\n");
  }

  /** Writes an entry of the map at the top; where its values have places, one after the other. */
  void entry(String key, Object value) {
    if (value instanceof Map<?, ?> map
        && map.values().stream().allMatch(Placed.class::isInstance)) {
      line(key + ":" + (map.isEmpty() ? " {}" : ""));
      String between = "";
      for (Map.Entry<?, ?> each : map.entrySet()) {
        append(between);
        between = ((Placed) each.getValue()).value() instanceof Map ? "\n" : "";
        placed(each.getKey().toString(), each.getValue(), "  ");
      }
    } else {
      placed(key, value, "");
    }
  }

  private void placed(String key, Object value, String indent) {
    if (value instanceof Placed placed) {
      places.put(line, placed.place());
      placed(key, placed.value(), indent);
      return;
    }
    String text = new Dump(SETTINGS, new Representer()).dumpToString(Map.of(key, value));
    append(text.replaceAll("(?dm)^(?=.)", indent));
  }

  private void append(String text) {
    out.append(text);
    line += (int) text.chars().filter(c -> c == '\n').count();
  }
}
