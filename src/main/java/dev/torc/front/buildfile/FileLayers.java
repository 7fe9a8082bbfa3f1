package dev.torc.front.buildfile;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.ThreadEnd;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.FileValues;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.SourceFile;
import dev.torc.base.text.Refusal;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.MadeFile;
import dev.torc.core.model.Workflow.PackageFile;
import dev.torc.features.groups.AxisReader;
import dev.torc.features.groups.VarRows;
import dev.torc.features.packages.MadeFiles;
import dev.torc.features.reading.BuildFile;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Vars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;

/**
 * Joins build files into one tree. Files in {@code include} add their jobs and vars; each {@code
 * -f} after the first is laid over the previous ones, key by key, nested maps included. {@link
 * VarLayers} first joins the vars of each file. {@link ParsedBuildFile} knows what the keys mean.
 */
final class FileLayers {

  private final Path root;
  private final byte[] input;
  private final MadeFiles made;
  private final Problems problems;
  private final boolean inPackage;
  private final SequencedMap<Path, Digest> digests; // by file
  private final Set<Path> asked;
  private final Set<String> varFiles;
  private final Set<Path> absent; // optional files
  private final Set<Path> again; // files that were read more than once
  private final Set<Path> joined = new HashSet<>();
  private final Map<String, SequencedSet<String>> varMaps = new HashMap<>();
  private final List<Packages> packages = new ArrayList<>(0);
  private Path main; // the build file of a package
  private boolean apart = true; // unless it decides more than its own jobs, or names files
  final EnvLayers env;

  /** The items of an {@code include} that bring in packages. */
  record Packages(Path by, List<Node> items) {}

  /**
   * Creates the layers; {@code root} must be absolute and normalized.
   *
   * @param input the text of the file named {@link BuildFile#INPUT}; null if there is none
   * @param made receives the build files that jobs make
   */
  FileLayers(Path root, byte[] input, MadeFiles made, Problems problems) {
    this.root = root;
    this.input = input;
    this.made = made;
    this.problems = problems;
    this.inPackage = false;
    this.digests = new LinkedHashMap<>();
    this.asked = new LinkedHashSet<>();
    this.varFiles = new HashSet<>();
    this.absent = new LinkedHashSet<>(0);
    this.again = new HashSet<>(0);
    this.env = new EnvLayers(root, this::variables);
  }

  private FileLayers(FileLayers all, String folder, Problems problems) {
    this.root = all.root;
    this.input = null;
    this.made = all.made;
    this.problems = problems;
    this.inPackage = true;
    this.digests = all.digests;
    this.asked = all.asked;
    this.varFiles = all.varFiles;
    this.absent = all.absent;
    this.again = all.again;
    this.env = new EnvLayers(all.env, folder, this::variables);
  }

  /** Returns the layers of a package in a folder; what is read counts for these, too. */
  FileLayers in(String folder, Problems problems) {
    return new FileLayers(this, folder, problems);
  }

  /** Returns the build files whose jobs these layers have. */
  Set<Path> own() {
    return joined;
  }

  /** Returns the build file of a package; null for the project. */
  Path main() {
    return main;
  }

  /** Returns the real path of the build file of a package; null for the project. */
  Path real() {
    return main == null ? null : identity(main);
  }

  /** Returns whether the build file of a package decides only its jobs, and is read only once. */
  boolean areApart() {
    return apart && packages.isEmpty() && !again.contains(main);
  }

  /** Notes that others depend on the build file of a package, or that it depends on others. */
  void join() {
    apart = false;
  }

  /** Returns the items of {@code include} that bring in packages. */
  List<Packages> packages() {
    return packages;
  }

  /**
   * Returns the optional files that are missing, each as a pattern that finds the file once it
   * exists.
   */
  SortedMap<String, List<String>> absent() {
    SortedMap<String, List<String>> patterns = new TreeMap<>();
    absent.forEach(file -> patterns.put(Glob.escape(shown(file)), List.of()));
    return patterns;
  }

  Workflow.ReadFiles files(List<PackageFile> packages) {
    List<MadeFile> ofJobs = made.files();
    List<Path> files = new ArrayList<>(digests.keySet());
    ofJobs.forEach(each -> files.remove(root.resolve(each.path())));
    List<Path> ofVars = files.stream().filter(file -> varFiles.contains(shown(file))).toList();
    return new Workflow.ReadFiles(List.copyOf(files), ofVars, packages, ofJobs);
  }

  /** Returns the files that were read, once for each path that named them. */
  List<BuildFile.Read> sources() {
    List<BuildFile.Read> read = new ArrayList<>(asked.size());
    for (Path path : asked) {
      Path at = BuildFile.located(path);
      read.add(new BuildFile.Read(path, at, digests.get(at)));
    }
    return read;
  }

  /** Returns the names of the vars files, as {@link Place} has them. */
  Set<String> varFiles() {
    return varFiles;
  }

  /** Returns the keys of the nested maps of vars, by the names of the maps. */
  Map<String, SequencedSet<String>> varMaps() {
    return varMaps;
  }

  /**
   * Returns the tree of all layers, in which {@code jobs} and {@code vars} are maps and {@code
   * include} is removed.
   */
  Node.Mapping read(List<Path> layers) throws IOException {
    Node.Mapping all = null;
    for (Path layer : layers) {
      asked.add(layer);
      Node.Mapping map = file(BuildFile.located(layer), Place.NONE, new ArrayList<>());
      all = all == null ? map : all.with(map);
    }
    return all;
  }

  /** Returns the tree of the build file of a package, which another build file names. */
  Node.Mapping read(Path asked, Place from) throws IOException {
    this.asked.add(asked);
    this.main = BuildFile.located(asked);
    return file(main, from, new ArrayList<>());
  }

  /** Makes these the layers of a package whose build file is not read since it is as it was. */
  Node.Mapping keep(Path file, Digest digest, Place from) {
    asked.add(file);
    main = file;
    joined.add(file);
    read(file, digest);
    return new Node.Mapping(from, Collections.emptySortedMap());
  }

  private void read(Path file, Digest digest) {
    if (digests.put(file, digest) != null) {
      again.add(file);
    }
  }

  private Node.Mapping file(Path file, Place from, List<Path> open) throws IOException {
    joined.add(file);
    Path real = identity(file);
    if (open.contains(real)) {
      throw new BadInput(from, shown(file) + " includes itself");
    }
    boolean given = input != null && open.isEmpty() && file.endsWith(BuildFile.INPUT);
    Node node = tree(file, from, given ? input : null);
    Node.Mapping map = MapFields.map(node, "a build file", problems);
    SequencedMap<String, Entry> joined = new LinkedHashMap<>(map.entries());
    joined.computeIfPresent("jobs", (_, e) -> new Entry(e.place(), keyedByName(e.value())));
    if (joined.get("vars") instanceof Entry vars) {
      VarLayers layers = new VarLayers(varFiles(file), varMaps, problems);
      joined.put("vars", new Entry(vars.place(), layers.join(vars.value())));
    }
    if (joined.get("env") instanceof Entry own && own.value() instanceof Node.Sequence list) {
      Node.Mapping all = inPackage ? env.join(list, problems) : env.join(list, file, problems);
      joined.put("env", new Entry(own.place(), all));
    }
    if (!open.isEmpty()) {
      new MapFields(map, null, problems).only(KnownKeys.INCLUDED, "an included file");
    }
    Entry include = joined.remove("include");
    if (include != null) {
      open.add(real);
      List<Node> ofPackages = new ArrayList<>(0);
      for (Node each : MapFields.oneOrMore(include.value())) {
        Node.Scalar made = made(each);
        if (made == null && bringsPackages(each, file)) {
          ofPackages.add(each);
          continue;
        }
        Path path = named(made == null ? MapFields.scalar(each, "include") : made, file);
        if (made != null && !this.made.add(shown(path), path, made.place())) {
          continue; // until its maker has run
        }
        if (!this.joined.contains(path) || open.contains(identity(path))) {
          join(joined, file(path, each.place(), open));
        }
      }
      if (!ofPackages.isEmpty()) {
        packages.add(new Packages(file, ofPackages));
      }
      open.remove(real);
    }
    return new Node.Mapping(map.place(), joined);
  }

  /** Returns the file of an item that adds the jobs of a file that a job makes; else null. */
  private Node.Scalar made(Node item) {
    Scope plain = new Scope(Vars.NONE, null, problems);
    MapFields fields =
        MapFields.of(item instanceof Node.Mapping ? item : null, "include", plain, problems);
    if (!fields.flag("made")
        || fields.map().get("as") != null
        || fields.map().get("file") == null) {
      return null;
    }
    fields.only(KnownKeys.MADE, "an item of include without as");
    return MapFields.scalar(fields.map().get("file"), "file");
  }

  private static boolean bringsPackages(Node item, Path by) {
    return item instanceof Node.Mapping
        || item instanceof Node.Scalar text
            && (Glob.isPattern(text.text()) || text.text().startsWith("!"))
            && !Files.exists(by.resolveSibling(text.text()));
  }

  /** Returns the tree of a file; {@code given} has the file's bytes, or null to read them. */
  private Node tree(Path file, Place from, byte[] given) throws IOException {
    try {
      byte[] bytes = given == null ? SourceFile.bytes(file, shown(file)) : given;
      // The first digest makes the JVM read its security settings, so another thread computes it.
      FutureTask<Digest> digest = new FutureTask<>(() -> Digest.ofBytes(bytes));
      Thread apart =
          digests.isEmpty() ? Thread.ofPlatform().daemon().name("torc-digest").start(digest) : null;
      try {
        return FileValues.tree(bytes, shown(file));
      } finally { // a file that is refused is among the files that were read, too
        if (apart == null) {
          digest.run();
        } else {
          ThreadEnd.await(apart);
        }
        read(file, digest.resultNow());
      }
    } catch (BadInput e) {
      // Report an error about the whole file, such as a missing one, at the place that names it.
      boolean whole = e.diagnostics().getFirst().place().line() == 0;
      throw whole && from.line() > 0 ? new BadInput(from, e.getMessage()) : e;
    }
  }

  /** Returns the file that another file names, and adds it to {@link #asked}. */
  private Path named(Node.Scalar name, Path by) {
    join();
    Paths.refuseForeign(name.text(), name.place());
    Path wanted = by.resolveSibling(name.text());
    if (name.text().matches(".*\\{[A-Za-z_].*}.*") && !Files.exists(wanted)) {
      throw new BadInput(
          name.place(),
          name.text()
              + ": no such file; placeholders are not replaced in this name; choose a file by"
              + " -f torc.yaml -f FILE, or values by vars: {NAME: {A: …, B: …}} and {NAME[var]}");
    }
    if (name.text().indexOf('*') >= 0 && !Files.exists(wanted)) {
      throw new BadInput(
          name.place(),
          name.text() + ": no such file; patterns are not expanded here, so name each file");
    }
    asked.add(wanted);
    return BuildFile.located(wanted);
  }

  /** Returns a reader of the files that the vars of one build file name. */
  VarLayers.FileReader varFiles(Path by) {
    return new VarLayers.FileReader() {
      @Override
      public Node read(Node.Scalar name) throws IOException {
        return vars(name, by);
      }

      @Override
      public Node.Mapping table(Node.Mapping written) throws IOException {
        Node.Scalar name = MapFields.scalar(written.get("table"), "table");
        byte[] bytes = variables(name, by, false);
        String shown = shown(BuildFile.located(by.resolveSibling(name.text())));
        varFiles.add(shown);
        Scope plain = new Scope(Vars.NONE, null, problems);
        MapFields fields = new MapFields(written, plain, problems);
        return VarRows.keyed(AxisReader.table(fields, shown, written.place()), bytes);
      }
    };
  }

  private Node vars(Node.Scalar name, Path by) throws IOException {
    if (name.text().matches(".*\\.(py|ini)")) {
      throw new BadInput(
          name.place(), name.text() + ": a file of vars is YAML, JSON or TOML; convert it");
    }
    Path file = named(name, by);
    varFiles.add(shown(file));
    return tree(file, name.place(), null);
  }

  private byte[] variables(Node.Scalar name, Path by, boolean optional) {
    Path file = named(name, by);
    if (optional && !Files.exists(file)) {
      asked.remove(by.resolveSibling(name.text()));
      absent.add(file);
      return null;
    }
    try {
      byte[] bytes = SourceFile.bytes(file, shown(file));
      read(file, Digest.ofBytes(bytes));
      return bytes;
    } catch (BadInput e) {
      throw new BadInput(name.place(), e.getMessage());
    } catch (IOException e) {
      throw new BadInput(name.place(), shown(file) + " cannot be read: " + Refusal.why(e));
    }
  }

  private void join(SequencedMap<String, Entry> into, Node.Mapping included) {
    for (String section : List.of("vars", "jobs")) {
      Entry more = included.entries().get(section);
      Entry own = more == null ? null : into.putIfAbsent(section, more);
      if (own == null) {
        continue;
      }
      SequencedMap<String, Entry> all =
          new LinkedHashMap<>(MapFields.map(own.value(), section, problems).entries());
      Node.Mapping added = MapFields.map(more.value(), section, problems);
      for (Map.Entry<String, Entry> each : added.entries().entrySet()) {
        Entry earlier = all.putIfAbsent(each.getKey(), each.getValue());
        if (earlier != null) {
          String line = each.getKey() + " is also in " + section + " at " + earlier.place();
          problems.add(each.getValue().place(), line);
        }
      }
      into.put(section, new Entry(own.place(), new Node.Mapping(own.value().place(), all)));
    }
  }

  /** Returns jobs as a map; a list of jobs is keyed by their names. */
  private Node keyedByName(Node jobs) {
    if (!(jobs instanceof Node.Sequence list)) {
      return jobs;
    }
    SequencedMap<String, Entry> all = new LinkedHashMap<>();
    for (Node node : list.items()) {
      Node.Mapping job = MapFields.map(node, "a job", problems);
      if (!job.entries().containsKey("name")) {
        problems.add(node.place(), "a job in a list needs a name");
        continue;
      }
      SequencedMap<String, Entry> entries = new LinkedHashMap<>(job.entries());
      Entry name = entries.remove("name");
      problems.guard(
          () -> {
            Node.Scalar text = MapFields.scalar(name.value(), "name");
            Entry read = new Entry(text.place(), new Node.Mapping(job.place(), entries));
            Entry earlier = all.putIfAbsent(text.text(), read);
            if (earlier != null) {
              int line = earlier.place().line();
              throw new BadInput(
                  text.place(), "a second job " + text.text() + ", first at line " + line);
            }
          });
    }
    return new Node.Mapping(list.place(), all);
  }

  private Path identity(Path file) {
    // Missing or unreadable: reading the file reports this at the place that names it.
    return Io.or(() -> file.toRealPath(), file);
  }

  /** Returns a file's name for messages: relative to the root if the file is below the root. */
  private String shown(Path file) {
    return Paths.named(root, file);
  }
}
