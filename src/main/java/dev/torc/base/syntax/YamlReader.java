package dev.torc.base.syntax;

import dev.torc.base.syntax.Node.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.ScannerImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads YAML into a tree. It resolves anchors, aliases and merge keys ({@code <<}) within limits,
 * and refuses duplicate keys, several documents and tags. It reads the parser's events, so each
 * scalar keeps its text and is not converted to a type of YAML.
 */
final class YamlReader {

  /** The deepest nesting of values. */
  static final int MAX_DEPTH = 100;

  /** The most values that all aliases and merge keys of a file may stand for. */
  static final int MAX_ALIASED = 1_000_000;

  private record Anchored(Node node, long size) {}

  private static final String TEXT = "tag:yaml.org,2002:str";

  /** Tags that give a quoted scalar another type than text. */
  private static final Pattern OTHER_TYPE =
      Pattern.compile("tag:yaml\\.org,2002:(int|float|bool|null)");

  private final String shown;
  private final String text;
  private final Iterator<Event> events;
  private final Map<Anchor, Anchored> anchors = new HashMap<>();
  private long written;
  private long size;
  private long aliased;
  private int index; // of the last character looked up, in code points
  private int offset; // the same in chars

  private YamlReader(String text, String shown) {
    this.shown = shown;
    this.text = text;
    LoadSettings settings =
        LoadSettings.builder().setLabel(shown).setCodePointLimit(Integer.MAX_VALUE).build();
    StreamReader characters = new StreamReader(settings, text);
    this.events =
        new ParserImpl(settings, new BufferedScanner(new ScannerImpl(settings, characters)));
  }

  /** Reads one document; an empty document is an empty scalar. */
  static Node read(String text, String shown) {
    YamlReader reader = new YamlReader(text, shown);
    try {
      return reader.document();
    } catch (MarkedYamlEngineException e) {
      throw YamlTrouble.of(e, text, shown);
    } catch (ReaderException e) {
      throw new BadInput(
          reader.placeOf(e.getPosition()),
          String.format("the character U+%04X is not allowed in YAML", e.getCodePoint()));
    } catch (YamlVersionException e) {
      throw new BadInput(new Place(shown, 1, 1), "an unknown version of YAML; write 1.2, or none");
    } catch (YamlEngineException e) {
      throw new BadInput(new Place(shown, 0, 0), SourceFile.oneLine(e.getMessage()));
    }
  }

  private Node document() {
    Node result = new Node.Scalar(new Place(shown, 1, 1), "", false);
    boolean seen = false;
    while (events.hasNext()) {
      Event event = events.next();
      if (event.getEventId() == Event.ID.DocumentStart) {
        if (seen) {
          throw new BadInput(place(event), "a second document; a file must have just one");
        }
        seen = true;
        result = value(events.next(), 0);
      }
    }
    return result;
  }

  private Node value(Event event, int depth) {
    Place place = place(event);
    if (depth > MAX_DEPTH) {
      throw new BadInput(place, "nested more than " + MAX_DEPTH + " deep");
    }
    SourceFile.count(++written, place);
    long before = size++;
    if (event instanceof AliasEvent alias) {
      return aliased(alias, place);
    }
    Node node;
    if (event instanceof ScalarEvent scalar) {
      untagged(scalar.getTag(), place);
      node = scalar(scalar, place);
    } else if (event instanceof MappingStartEvent map) {
      untagged(map.getTag(), place);
      node = mapping(place, depth);
    } else {
      SequenceStartEvent list = (SequenceStartEvent) event;
      untagged(list.getTag(), place);
      List<Node> items = new ArrayList<>();
      for (Event e = events.next(); e.getEventId() != Event.ID.SequenceEnd; e = events.next()) {
        items.add(value(e, depth + 1));
      }
      node = new Node.Sequence(place, items);
    }
    Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
    if (anchor.isPresent()) {
      anchors.put(anchor.get(), new Anchored(node, size - before));
    }
    return node;
  }

  private Node aliased(AliasEvent alias, Place place) {
    Anchored target = anchors.get(alias.getAlias());
    if (target == null) {
      String name = alias.getAlias().getValue();
      throw new BadInput(
          place, "alias *" + name + " has no anchor; to mean a text that begins with *, quote it");
    }
    alias(target.size(), place);
    return target.node();
  }

  private void alias(long values, Place place) {
    size += values;
    aliased += values;
    if (aliased > MAX_ALIASED) {
      throw new BadInput(
          place, "the aliases of this file stand for more than " + MAX_ALIASED + " values");
    }
  }

  /**
   * Checks a scalar. Only escapes in double quotes can stand for characters that a file cannot
   * contain.
   */
  private Node.Scalar scalar(ScalarEvent event, Place place) {
    String text = event.getValue();
    boolean escaped = event.getScalarStyle() == ScalarStyle.DOUBLE_QUOTED;
    return new Node.Scalar(
        place,
        escaped ? SourceFile.clean(text, place) : SourceFile.bounded(text, place),
        isText(event),
        event.getScalarStyle() == ScalarStyle.LITERAL ? null : lines(event));
  }

  /** Returns whether a scalar can only be a text; the tag of another type decides, too. */
  private static boolean isText(ScalarEvent event) {
    String tag = event.getTag().orElse("");
    return tag.equals(TEXT) || !event.isPlain() && !OTHER_TYPE.matcher(tag).matches();
  }

  /** Returns a scalar as written if it has several lines; otherwise null. */
  private String lines(ScalarEvent event) {
    Mark start = event.getStartMark().orElseThrow();
    Mark end = event.getEndMark().orElseThrow();
    return start.getLine() == end.getLine()
        ? null
        : text.substring(offset(start), offset(end)).stripTrailing();
  }

  private int offset(Mark mark) {
    offset = text.offsetByCodePoints(offset, mark.getIndex() - index);
    index = mark.getIndex();
    return offset;
  }

  private Node mapping(Place place, int depth) {
    SequencedMap<String, Entry> entries = new LinkedHashMap<>();
    List<Node.Mapping> merged = List.of();
    for (Event e = events.next(); e.getEventId() != Event.ID.MappingEnd; e = events.next()) {
      if (!(e instanceof ScalarEvent scalar) || !(value(e, depth + 1) instanceof Node.Scalar key)) {
        throw new BadInput(
            place(e), "a key must be a plain text; quote a text that has { or [ in it");
      }
      Place at = key.place();
      Node value = value(events.next(), depth + 1);
      if (scalar.isPlain() && key.text().equals("<<")) {
        if (!merged.isEmpty()) {
          throw new BadInput(at, "duplicate key <<; give it a list of maps");
        }
        merged = merges(value);
      } else {
        Entry.add(entries, key.text(), at, value, depth);
      }
    }
    for (Node.Mapping map : merged) {
      alias(map.entries().size(), place);
      map.entries().forEach(entries::putIfAbsent);
    }
    return new Node.Mapping(place, entries);
  }

  private static List<Node.Mapping> merges(Node value) {
    List<Node> nodes = value instanceof Node.Sequence list ? list.items() : List.of(value);
    List<Node.Mapping> maps = new ArrayList<>();
    for (Node node : nodes) {
      if (!(node instanceof Node.Mapping map)) {
        throw new BadInput(node.place(), "<< takes a map or a list of maps");
      }
      maps.add(map);
    }
    return maps;
  }

  private static void untagged(Optional<String> tag, Place place) {
    if (tag.isPresent() && !tag.get().startsWith("tag:yaml.org,2002:")) {
      throw new BadInput(
          place, tag.get() + " is a tag in YAML; to mean a text that begins with !, quote it");
    }
  }

  private Place place(Event event) {
    Mark mark = event.getStartMark().orElseThrow();
    return new Place(shown, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private Place placeOf(int codePoint) {
    int characters = Math.min(codePoint, text.codePointCount(0, text.length()));
    return SourceFile.behind(text.substring(0, text.offsetByCodePoints(0, characters)), shown);
  }
}
