package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.DotEnv;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Problems;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Vars;
import dev.torc.features.secrets.SecretReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Joins an {@code env} that is a list of files and maps: each is laid over the previous ones. The
 * values of files are literal. {@link DotEnv} reads a file, {@link StepReader} the values.
 *
 * <p>Not thread-safe: it remembers the files that it has read.
 */
final class EnvLayers {

  /** The keys of a file among the layers. */
  static final List<String> FILE = List.of("file", "optional", "secret", "counts");

  interface VariablesFile {
    /** Returns the bytes of a file; null if it is missing and {@code optional}. */
    byte[] read(Node.Scalar name, Path by, boolean optional);
  }

  private final Path root;
  private final Path by; // of the files that jobs name
  private final VariablesFile reader;
  private final Map<Path, SequencedMap<String, Entry>> read;
  private final Set<String> names;

  EnvLayers(Path root, VariablesFile reader) {
    this.root = root;
    this.by = root.resolve("env");
    this.reader = reader;
    this.read = new HashMap<>(2);
    this.names = new HashSet<>(2);
  }

  /** Creates the layers of a package in a folder. */
  EnvLayers(EnvLayers all, String folder, VariablesFile reader) {
    this.root = all.root;
    this.by = root.resolve(folder).resolve("env");
    this.reader = reader;
    this.read = all.read;
    this.names = all.names;
  }

  /** Returns whether a value comes from a file, so that it is literal. */
  boolean isLiteral(Entry entry) {
    return !names.isEmpty() && names.contains(entry.place().file());
  }

  /** Returns a map of a job, a task or {@code defaults} in which {@code env} is not a list. */
  Node.Mapping joined(Node.Mapping map, Problems problems) {
    if (!(map.get("env") instanceof Node.Sequence list)) {
      return map;
    }
    SequencedMap<String, Entry> all = new LinkedHashMap<>(map.entries());
    all.put("env", new Entry(map.entries().get("env").place(), join(list, by, problems)));
    return new Node.Mapping(map.place(), all);
  }

  /** Returns the variables at the top of a package. */
  Node.Mapping join(Node.Sequence list, Problems problems) {
    return join(list, by, problems);
  }

  /** Returns the variables of all layers; files are named relative to the file {@code by}. */
  Node.Mapping join(Node.Sequence list, Path by, Problems problems) {
    SequencedMap<String, Entry> all = new LinkedHashMap<>();
    for (Node each : list.items()) {
      problems.guard(
          () -> {
            boolean map = each instanceof Node.Mapping;
            Node file = map ? ((Node.Mapping) each).get("file") : each;
            if (file == null) {
              all.putAll(((Node.Mapping) each).entries());
              return;
            }
            Scope plain = new Scope(Vars.NONE, null, problems);
            MapFields fields = MapFields.of(map ? each : null, "a file of env", plain, problems);
            fields.only(FILE, "a file of env");
            boolean optional = fields.flag("optional");
            boolean secret = fields.flag("secret");
            boolean counts = fields.flag("counts");
            file(MapFields.scalar(file, "a file of env"), by, optional, problems)
                .forEach(
                    (name, entry) ->
                        all.put(name, secret ? SecretReader.of(entry, counts) : entry));
          });
    }
    return new Node.Mapping(list.place(), all);
  }

  private SequencedMap<String, Entry> file(
      Node.Scalar name, Path by, boolean optional, Problems problems) {
    if (name.text().indexOf('=') > 0) {
      throw new BadInput(
          name.place(),
          "%s is not a file; write a map, {%s}"
              .formatted(name.text(), name.text().replaceFirst("=", ": ")));
    }
    Path path = by.resolveSibling(name.text()).normalize();
    SequencedMap<String, Entry> known = read.get(path);
    if (known == null) {
      byte[] bytes = reader.read(name, by, optional);
      String shown = Paths.named(root, path);
      known = bytes == null ? new LinkedHashMap<>() : DotEnv.read(bytes, shown, problems);
      names.add(shown);
      read.put(path, known);
    }
    return known;
  }
}
