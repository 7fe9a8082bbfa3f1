package dev.torc.front.buildfile;

import dev.torc.base.posix.Io;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Workflow.PackageFile;
import dev.torc.features.packages.BrokenPackages;
import dev.torc.features.packages.PackagePattern;
import dev.torc.features.packages.UnchangedPackages;
import dev.torc.features.reading.BuildFile;
import dev.torc.features.reading.Home;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Placeholder;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Value;
import dev.torc.features.reading.Vars;
import dev.torc.front.buildfile.ParsedBuildFile.Overrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;

/**
 * Reads the items of {@code include} that bring in packages: a file with a name, or a pattern of
 * files. Each package gets a {@link FileScope} of its own, and the same readers read it.
 */
final class PackageReader {

  /** The keys of an item that decide about its package. */
  private static final List<String> GIVING = List.of("vars", "needs", "made");

  /** One package: its name, its file as an item names it and by its real path, and the item. */
  private record One(String name, Path asked, Path file, Place place) {}

  private final FileScope project;
  private final List<FileScope> all = new ArrayList<>();
  private final SortedMap<String, List<String>> found; // by pattern
  private final Map<String, One> named = new HashMap<>(); // by prefix
  private final Set<Path> ofPackages = new HashSet<>(); // that a package includes, by real path
  private final List<Path> open = new ArrayList<>(); // real paths
  private final Set<String> overlays = new HashSet<>(); // as Place has them

  private final BrokenPackages broken;

  private PackageReader(
      FileScope project, SortedMap<String, List<String>> found, BrokenPackages broken) {
    this.broken = broken;
    this.project = project;
    this.found = found;
  }

  /**
   * Returns a project's scope and those of its packages, each after that of the including file.
   *
   * @param files the build files of the project itself
   * @param found receives what each pattern of build files found
   * @param broken the packages that are not read; receives those that are in error
   */
  static List<FileScope> read(
      FileScope project,
      List<Path> files,
      SortedMap<String, List<String>> found,
      BrokenPackages broken)
      throws IOException {
    PackageReader reader = new PackageReader(project, found, broken);
    files.forEach(file -> reader.open.add(real(BuildFile.located(file))));
    for (Path file : files.subList(1, files.size())) {
      reader.overlays.add(Paths.named(project.paths().root(), BuildFile.located(file)));
    }
    reader.add(project);
    found.putAll(broken.unchanged().ways());
    reader.refuseUnknown();
    return reader.all;
  }

  /** Returns the packages of a project, as others know them; their jobs must have been read. */
  static List<PackageFile> files(
      List<FileScope> scopes, List<JobReader> readers, BrokenPackages broken) {
    boolean named = readers.stream().anyMatch(each -> each.additions().mayName());
    List<PackageFile> files = new ArrayList<>(scopes.size());
    for (FileScope each : scopes.subList(1, scopes.size())) {
      PackageFile kept = broken.unchanged().kept(each.home());
      boolean apart =
          !named
              && each.layers().areApart()
              && each.scope().vars().asked().isEmpty()
              && each.problems().warnings().isEmpty();
      List<String> usual = kept == null ? each.fields().texts("default") : kept.usual();
      Home home = each.home();
      files.add(new PackageFile(home.prefix(), each.layers().main(), home.folder(), usual, apart));
    }
    return List.copyOf(files);
  }

  /** Returns what follows a problem of a package. */
  static String label(FileScope of) {
    return label(of.home().name());
  }

  private static String label(String name) {
    return " (package " + name + ")";
  }

  private static Path real(Path file) {
    return Io.or(file::toRealPath, file);
  }

  private void add(FileScope by) throws IOException {
    all.add(by);
    for (FileLayers.Packages include : by.layers().packages()) {
      List<Glob> excludes = new ArrayList<>();
      for (Node item : include.items()) {
        if (item instanceof Node.Scalar text && text.text().startsWith("!")) {
          excludes.add(Glob.of(pattern(text.text().substring(1), include.by(), by)));
        }
      }
      for (Node item : include.items()) {
        try {
          item(item, include.by(), excludes, by);
        } catch (BadInput e) {
          by.problems().add(e);
        }
      }
    }
  }

  private void item(Node item, Path file, List<Glob> excludes, FileScope by) throws IOException {
    MapFields fields =
        MapFields.of(
            item instanceof Node.Mapping ? item : null, "include", by.scope(), by.problems());
    fields.only(KnownKeys.INCLUDE, "an item of include");
    Node of = item instanceof Node.Mapping map ? map.get("file") : item;
    if (of == null) {
      throw new BadInput(item.place(), "an item of include has a file: {file: FILE, as: NAME}");
    }
    Node.Scalar name = MapFields.scalar(of, "file");
    Node as = fields.map().get("as");
    boolean made = fields.flag("made");
    if (name.text().startsWith("!")) {
      return;
    }
    Path wanted = file.resolveSibling(name.text());
    if (Glob.isPattern(name.text()) && !Files.exists(wanted)) {
      for (String key : List.of("as", "dir", "made")) {
        if (fields.map().get(key) != null) {
          throw new BadInput(
              fields.map().get(key).place(),
              key + " is for one package, and a pattern may bring in several");
        }
      }
      several(fields, matches(name, file, excludes, by), true, file, by);
      return;
    } else if (as == null) {
      throw new BadInput(
          name.place(),
          "an item of include with a file has as: NAME, the name of its package; to add the jobs"
              + " to this project, write the file alone");
    }
    String called = fields.text("as", "");
    if (called.isBlank() || !called.strip().equals(called) || called.indexOf(':') >= 0) {
      throw new BadInput(as.place(), "the name of a package has no colon: \"" + called + "\"");
    }
    Paths.refuseForeign(name.text(), name.place());
    Path at = BuildFile.located(wanted);
    One one = new One(called, wanted, real(at), name.place());
    if (made && !broken.made().add(Paths.named(by.paths().root(), at), at, one.place)) {
      refuseSecond(one, by);
      broken.made().tell(by.home().of(called, "."));
      return;
    }
    several(fields, List.of(one), false, file, by);
  }

  /** Returns a pattern of files beside a build file, as the search of the disk has it. */
  private static String pattern(String written, Path by, FileScope scope) {
    String folder = Paths.named(scope.paths().root(), by.getParent());
    int cut = written.lastIndexOf('/', Glob.firstSpecial(written)) + 1;
    String start = scope.paths().below(folder.isEmpty() ? "." : folder, written.substring(0, cut));
    return (start.equals(".") ? "" : Glob.escape(start) + "/") + written.substring(cut);
  }

  /** Returns the packages that a pattern finds, those in the upper folders first. */
  private List<One> matches(Node.Scalar name, Path by, List<Glob> excludes, FileScope scope)
      throws IOException {
    String pattern = pattern(name.text(), by, scope);
    String text = GlobWalk.text(Glob.of(pattern), excludes);
    List<String> files = GlobWalk.find(scope.paths().root(), text).files();
    found.put(text, List.copyOf(files));
    PackagePattern names = PackagePattern.of(pattern);
    Set<Path> own = new HashSet<>(scope.layers().own());
    List<One> packages = new ArrayList<>();
    for (String file : files) {
      Path path = scope.paths().root().resolve(file);
      Path real = real(path);
      boolean passed =
          ("/" + file).contains("/node_modules/") || own.contains(path) || open.contains(real);
      if (!passed) {
        packages.add(new One(names.name(file), path, real, name.place()));
      }
    }
    if (packages.isEmpty()) {
      String inner = Path.of(name.text(), "torc.yaml").toString();
      boolean folders =
          !GlobWalk.find(scope.paths().root(), pattern(inner, by, scope)).files().isEmpty();
      String hint = folders ? "; write " + inner : "";
      throw new BadInput(name.place(), name.text() + ": no file matches" + hint);
    }
    packages.sort(Comparator.comparingInt(each -> each.asked.getNameCount()));
    return packages;
  }

  private void several(MapFields item, List<One> packages, boolean pattern, Path from, FileScope by)
      throws IOException {
    SequencedMap<String, Value> vars = values(item, from, by);
    Map<String, Integer> unknown = new LinkedHashMap<>();
    int read = 0;
    for (One one : packages) {
      if (pattern && ofPackages.contains(one.file)) {
        continue;
      }
      String prefix = by.home().prefix() + one.name + ":";
      if (broken.has(prefix)) {
        broken.tell(by.home().of(one.name, "."));
        continue;
      }
      read++;
      Problems own = new Problems();
      try {
        one(one, item, vars, own, by).forEach(name -> unknown.merge(name, 1, Integer::sum));
      } catch (BadInput e) {
        own.add(e);
      }
      if (!own.isEmpty()) { // no job is read, and warnings of the others come with their jobs
        broken.note(prefix, own.found());
        project.problems().addAll(own, label(by.home().prefix() + one.name));
      }
    }
    int all = read;
    unknown.values().removeIf(count -> count < all);
    for (String name : unknown.keySet()) {
      Node.Mapping written = (Node.Mapping) item.map().get("vars");
      Entry entry = written.entries().get(name.replaceFirst("\\..*", ""));
      Place place = entry == null ? written.place() : entry.place();
      String line = packages.getFirst().name + " neither has nor uses the var " + name;
      by.problems().add(place, line);
    }
  }

  /** Returns the values that an item lays over the vars of its packages. */
  private static SequencedMap<String, Value> values(MapFields item, Path from, FileScope by)
      throws IOException {
    SequencedMap<String, Value> values = new LinkedHashMap<>();
    if (item.map().get("vars") != null) {
      Node.Mapping written = MapFields.map(item.map().get("vars"), "vars", by.problems());
      VarLayers flat = new VarLayers(by.layers().varFiles(from), new HashMap<>(), by.problems());
      for (Map.Entry<String, Entry> each : flat.join(written).entries().entrySet()) {
        values.put(each.getKey(), value(each.getValue().value(), each.getKey(), by.scope()));
      }
    }
    return values;
  }

  private static Value value(Node node, String name, Scope scope) {
    if (node instanceof Node.Mapping map) {
      SequencedMap<String, Value> fields = new LinkedHashMap<>();
      map.entries().forEach((key, each) -> fields.put(key, value(each.value(), name, scope)));
      return new Value.Fields(fields);
    } else if (node instanceof Node.Sequence) {
      return new Value.Items(
          scope.items(node).stream().map(each -> value(each, name, scope)).toList());
    }
    Node.Scalar text = MapFields.scalar(node, name);
    Value whole = scope.whole(text);
    return whole == null ? new Value.OfText(scope.text(text)) : whole;
  }

  /** Reads a package and its packages; returns the vars of the item that it does not know. */
  private List<String> one(
      One one, MapFields item, Map<String, Value> laid, Problems own, FileScope by)
      throws IOException {
    refuseSecond(one, by);
    boolean plain = Collections.disjoint(GIVING, item.map().entries().keySet());
    PackageFile kept =
        plain ? broken.unchanged().keep(by.home().prefix() + one.name + ":", one.asked) : null;
    String folder = kept == null ? folder(one, item, by) : kept.folder();
    Home home = by.home().of(one.name, folder);
    FileLayers layers = by.layers().in(folder, own);
    Node.Mapping tree =
        kept == null
            ? layers.read(one.asked, one.place)
            : layers.keep(one.asked, broken.unchanged().digest(kept), one.place);
    new MapFields(tree, null, own).only(KnownKeys.TOP, "the build file");
    Inherited inherited = new Inherited(by.scope().vars(), by.layers().env);
    Overrides over =
        by.over()
            .inside(one.name, one.file.equals(project.over().member()) ? project.over() : null);
    Node.Mapping written = MapFields.map(tree.get("vars"), "vars", own);
    Vars vars = VariableReader.resolve(written, layers, over, home, laid, own);
    if (!own.isEmpty()) {
      return List.of(); // every use of a wrong var would be another error
    }
    vars.addOuter(by.scope().vars());
    Node.Mapping all = inherited.top(by.top(), tree);
    GivenNeeds given = needs(item, inherited, own);
    FileScope scope = FileScope.of(layers, all, vars, by.paths().in(folder), given, over, own);
    if (!plain || !UnchangedPackages.isPlain(tree, scope.top(), scope.jobs().values())) {
      layers.join();
    }
    if (!overlays.isEmpty()) {
      by.jobs()
          .entrySet()
          .removeIf(job -> lays(job.getKey(), job.getValue(), one.name + ":", scope, inherited));
    }
    open.add(one.file);
    if (by != project) {
      ofPackages.add(one.file);
    }
    add(scope);
    open.remove(one.file);
    return laid.keySet().stream()
        .filter(name -> !written.entries().containsKey(name) && !GivenNeeds.uses(tree, name))
        .toList();
  }

  private void refuseSecond(One one, FileScope by) {
    Path root = by.paths().root();
    One other = named.putIfAbsent(by.home().prefix() + one.name, one);
    if (other != null) {
      throw new BadInput(
          one.place,
          "two packages with the name %s: %s and %s"
              .formatted(one.name, Paths.named(root, other.asked), Paths.named(root, one.asked)));
    } else if (open.contains(one.file)) {
      throw new BadInput(one.place, Paths.named(root, one.asked) + " includes itself");
    }
  }

  /** Returns the folder in which the paths of a package begin. */
  private static String folder(One one, MapFields item, FileScope by) {
    String beside = Paths.named(by.paths().root(), BuildFile.located(one.asked).getParent());
    String folder =
        item.read(
            "dir",
            beside.isEmpty() ? "." : beside,
            node -> by.paths().normalize(item.scope().literalPath(node)));
    if (Glob.isPattern(folder)) {
      throw new BadInput(one.place, folder + ": the folder of a package has no * ? [ ] { } in it");
    }
    return folder;
  }

  private static GivenNeeds needs(MapFields item, Inherited inherited, Problems problems) {
    SequencedMap<String, Entry> needs = new LinkedHashMap<>();
    Node.Mapping written = MapFields.map(item.map().get("needs"), "needs", problems);
    for (Map.Entry<String, Entry> each : written.entries().entrySet()) {
      String name = each.getKey();
      Place place = each.getValue().place();
      Scope.refuseReserved(name, "need", place);
      if (!Placeholder.isIdentifier(name)) {
        throw new BadInput(place, "the name of a need is letters, digits and _; this is " + name);
      }
      needs.put(name, new Entry(place, inherited.of("needs", each.getValue().value())));
    }
    return new GivenNeeds(needs);
  }

  /** Lays a job of a {@code -f} file that has an outside name over that of the package. */
  private boolean lays(
      String key, Entry over, String prefix, FileScope scope, Inherited inherited) {
    String name = key.startsWith(prefix) ? key.substring(prefix.length()) : "";
    Entry under = scope.jobs().get(name);
    if (!overlays.contains(over.place().file()) || under == null && name.indexOf(':') < 1) {
      return false;
    }
    Node value = inherited.of("", over.value());
    if (under != null
        && under.value() instanceof Node.Mapping below
        && value instanceof Node.Mapping above) {
      value = below.with(above);
    }
    scope.jobs().put(name, new Entry(under == null ? over.place() : under.place(), value));
    return true;
  }

  /** Reports a {@code -D} for a package that does not exist. */
  private void refuseUnknown() {
    for (String define : project.over().defines().keySet()) {
      int colon = define.lastIndexOf(':');
      String name = colon < 0 ? "" : define.substring(0, colon);
      if (colon > 0 && !named.containsKey(name) && !project.scope().vars().has(define)) {
        String hint = project.home().names().hint(name + ":");
        project.problems().add(Place.NONE, "-D " + define + ": no package " + name + hint);
      }
    }
  }
}
