package dev.torc.front.importing;

import dev.torc.base.syntax.Place;
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
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * Writes the text of a build file: snakeyaml-engine writes the entries, and this class writes the
 * comments and empty lines between them. It records which line comes from which place in the
 * workflow file.
 */
final class BuildFileText {

  record Placed(Place place, Object value) {}

  /** A map on one line. */
  record Flow(Map<String, ?> map) {}

  /** A text in quotes, even if it needs none. */
  record Quoted(String text) {}

  /** The longest list on one line, in characters. */
  private static final int WIDTH = 72;

  /** Resolves all scalars except null as texts, as torc does: {@code 012} and {@code NO} too. */
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
          Flow.class, it -> representMapping(Tag.MAP, ((Flow) it).map(), FlowStyle.FLOW));
      representers.put(Quoted.class, it -> text(((Quoted) it).text(), ScalarStyle.DOUBLE_QUOTED));
      representers.put(String.class, it -> text(it.toString(), style(it.toString())));
      parentClassRepresenters.put(List.class, it -> list((List<?>) it));
    }

    private Node text(String text, ScalarStyle style) {
      return representScalar(Tag.STR, text, style);
    }

    /** Returns the style of a text; some line ends survive only in double quotes. */
    private static ScalarStyle style(String text) {
      boolean odd = !text.matches("[^\\x85\\u2028\\u2029\\ufeff]*");
      ScalarStyle style = text.indexOf('\n') >= 0 ? ScalarStyle.LITERAL : ScalarStyle.PLAIN;
      return odd ? ScalarStyle.DOUBLE_QUOTED : style;
    }

    private Node list(List<?> list) {
      boolean flat = list.stream().noneMatch(it -> it instanceof Map || it instanceof Collection);
      boolean line = flat && list.toString().length() <= WIDTH;
      return representSequence(Tag.SEQ, list, line ? FlowStyle.FLOW : FlowStyle.BLOCK);
    }
  }

  private final StringBuilder out = new StringBuilder();
  private final NavigableMap<Integer, Place> places = new TreeMap<>();
  private int line = 1;

  String text() {
    return out.toString();
  }

  /** Returns the place of each {@link Placed} value, by the line where it begins. */
  NavigableMap<Integer, Place> places() {
    return places;
  }

  void lines(String text) {
    out.append(text);
    line += (int) text.chars().filter(c -> c == '\n').count();
  }

  /** Writes an entry of the top-level map; a map of placed values is written entry by entry. */
  void entry(String key, Object value) {
    if (value instanceof Map<?, ?> map
        && map.values().stream().allMatch(Placed.class::isInstance)) {
      lines(key + ":" + (map.isEmpty() ? " {}\n" : "\n"));
      String between = "";
      for (Map.Entry<?, ?> each : map.entrySet()) {
        lines(between);
        between = ((Placed) each.getValue()).value() instanceof Map ? "\n" : "";
        entry(each.getKey().toString(), each.getValue(), "  ");
      }
    } else {
      entry(key, value, "");
    }
  }

  private void entry(String key, Object value, String indent) {
    Object plain = value;
    if (value instanceof Placed(Place place, Object of)) {
      places.put(line, place);
      plain = of;
    }
    String text = new Dump(SETTINGS, new Representer()).dumpToString(Map.of(key, plain));
    lines(text.replaceAll("(?dm)^(?=.)", indent));
  }
}
