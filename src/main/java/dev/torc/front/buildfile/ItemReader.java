package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.FileValues;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.Quantity;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow.ReportFile;
import dev.torc.core.model.Workflow.ReportFiles;
import dev.torc.features.fetch.FetchReader;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.reading.ListItems;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Placeholder;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.TextLists;
import dev.torc.features.reading.WrittenPath;
import dev.torc.features.remarks.OtherVarForms;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Reads {@code needs}, {@code produces} and {@code after} of a job, and the files of {@code
 * report}. The graph checks whether these files and jobs exist.
 *
 * @param given the needs that the including file gives to a package
 */
record ItemReader(Paths paths, GivenNeeds given, Problems problems) {

  private static final Set<String> FILE_WORDS = Set.of("file", "keys", "optional");

  /** The keys beside which {@code file} is the path of a product. */
  private static final List<String> PRODUCT_WORDS = List.of("optional", "non_empty");

  /** The keys beside which {@code data} is a stored value. */
  private static final Set<String> NEED_WORDS = Set.of("data", "failed", "optional");

  /** The keys beside which {@code job} is the name of a job. */
  private static final Set<String> JOB_WORDS =
      Set.of("job", "failed", "optional", "order", "product");

  /** The words of other tools for what is left out. */
  private static final Set<String> EXCLUDES =
      Set.of("exclude", "excludes", "ignore", "except", "without", "not");

  private static final String OWN =
      "job %s needs %s in its own product %s, which is empty when it starts; remove it from needs,"
          + " or produce only the files that are new";

  private static final List<String> ROWS = List.of("rows");

  List<Item> items(MapFields job, String key, boolean need) {
    Node node = job.map().get(key);
    List<Item> items = new ArrayList<>();
    if (node instanceof Node.Mapping map && !isItem(map, need)) {
      map.entries().forEach((name, entry) -> named(job, name, entry, need, items));
    } else {
      for (Node each : items(node, job.scope(), need)) {
        read(job, each, need, ref -> items.add(new Item(null, each.place(), List.of(ref))));
      }
    }
    return need ? List.copyOf(items) : excluding(items);
  }

  /** Returns the needs of the including file that the keys of a job use, for their placeholders. */
  List<Item> given(MapFields job) {
    List<Item> used = new ArrayList<>(0);
    for (var each : given.usedBy(job.map(), job.scope()).entrySet()) {
      List<Ref> refs = new ArrayList<>();
      for (Node need : items(each.getValue().value(), job.scope(), true)) {
        read(job, need, true, refs::add);
      }
      Place place = each.getValue().place();
      used.add(new Item(Item.GIVEN + each.getKey(), place, List.copyOf(refs)));
    }
    return used;
  }

  /** Refuses a needed folder or pattern that lies in a folder which the same job produces. */
  void refuseOwn(String job, List<Item> needs, List<Item> produces) {
    for (Ref made : Job.refs(produces)) {
      if (made instanceof Ref.OfFolder of) {
        String folder = of.path() + "/";
        Job.refs(needs).stream()
            .filter(need -> need instanceof Ref.OfFolder || need instanceof Ref.OfGlob)
            .filter(need -> (need.text() + "/").startsWith(folder))
            .forEach(need -> problems.add(need.place(), OWN.formatted(job, need.text(), folder)));
      }
    }
  }

  /** Removes the excludes from the products, and adds them to each folder and pattern instead. */
  private static List<Item> excluding(List<Item> items) {
    List<Glob> excludes = Job.excludes(items);
    if (excludes.isEmpty()) {
      return List.copyOf(items);
    }
    List<Item> products = new ArrayList<>();
    for (Item item : items) {
      List<Ref> refs = new ArrayList<>();
      for (Ref ref : item.refs()) {
        if (!(ref instanceof Ref.Exclude)) {
          refs.add(ref instanceof Ref.OfMany many ? many.without(excludes) : ref);
        }
      }
      if (!refs.isEmpty()) {
        products.add(new Item(item.name(), item.place(), List.copyOf(refs)));
      }
    }
    return List.copyOf(products);
  }

  private void named(MapFields job, String name, Entry entry, boolean need, List<Item> items) {
    if (Node.isNothing(entry.value())) {
      problems.add(
          entry.place(),
          name + " has no path; {" + name + "} is a map in YAML: quote it if a text was meant");
      return;
    }
    boolean taken = need && name.equals("job");
    if (taken || !Placeholder.isIdentifier(name)) {
      problems.add(
          entry.place(),
          taken
              ? "no item of needs can be named job, which has a meaning of its own: {job: NAME};"
                  + " choose another name"
              : "the name of an item is letters, digits and _; this is " + name);
      return;
    }
    List<Ref> refs = new ArrayList<>();
    for (Node each : items(entry.value(), job.scope(), need)) {
      read(job, each, need, refs::add);
    }
    if (EXCLUDES.contains(name) && refs.stream().noneMatch(Ref.Exclude.class::isInstance)) {
      problems.warn(
          entry.place(),
          name
              + " is only the name of an item here, which counts; to leave files out, write"
              + " \"!PATH\"");
    }
    items.add(new Item(name, entry.place(), List.copyOf(refs)));
  }

  /**
   * Returns the items of a list; of needs, an item for each value of a list in a path or in the
   * name of a job.
   */
  private List<Node> items(Node node, Scope scope, boolean need) {
    List<Node> items = new ArrayList<>();
    for (Node each : new ListItems(scope, need).of(need ? given.inside(node) : node)) {
      Node job = need && each instanceof Node.Mapping map ? map.get("job") : null;
      if (job instanceof Node.Sequence
          || job instanceof Node.Scalar text && text.text().indexOf('{') >= 0) {
        Node.Mapping map = (Node.Mapping) each;
        for (Node name : new ListItems(scope, true).of(job)) {
          SequencedMap<String, Entry> one = new LinkedHashMap<>(map.entries());
          one.put("job", new Entry(name.place(), name));
          items.add(new Node.Mapping(map.place(), one));
        }
      } else {
        items.add(each);
      }
    }
    return items;
  }

  private void read(MapFields job, Node node, boolean need, Consumer<Ref> into) {
    if (node instanceof Node.Sequence) {
      problems.add(
          node.place(),
          "a list in a list; write vars: {NAME: [PATH, …]}, and \"{NAME}\" stands for its items");
      return;
    }
    if (node instanceof Node.Mapping map
        && !Collections.disjoint(EXCLUDES, map.entries().keySet())) {
      problems.add(
          node.place(),
          "to leave files out, write \"!PATH\" as an item of " + (need ? "needs" : "produces"));
      return;
    }
    if (node instanceof Node.Scalar text) {
      OtherVarForms.warn(text, job.scope());
    }
    problems.guard(
        () -> {
          // Skip a need whose placeholders are all empty, such as the second file of single-end
          // reads.
          Node path =
              node instanceof Node.Mapping map && map.get("file") != null ? map.get("file") : node;
          if (!need || !(path instanceof Node.Scalar text) || !job.scope().isEmptied(text)) {
            Ref ref = ref(node, job.scope(), need);
            if (ref instanceof Ref.OfJob of) {
              jobs(of, job.scope()).forEach(into);
            } else {
              into.accept(ref);
            }
          }
        });
  }

  /**
   * Returns whether a map is one item, such as {@code {job: NAME}}, instead of named ones. With
   * other names beside it, {@code data} is a name.
   */
  static boolean isItem(Node.Mapping map, boolean need) {
    Set<String> keys = map.entries().keySet();
    boolean optional = isFlag(map.get("optional"));
    if (!need) {
      return keys.contains("file")
          && KnownKeys.PRODUCT.containsAll(keys)
          && PRODUCT_WORDS.stream().anyMatch(key -> isFlag(map.get(key)));
    }
    boolean file =
        keys.contains("file")
            && keys.size() > 1
            && FILE_WORDS.containsAll(keys)
            && (optional || keys.size() == 2 && keys.contains("keys"));
    return file
        || keys.contains("job") && JOB_WORDS.containsAll(keys)
        || keys.contains("data") && NEED_WORDS.containsAll(keys);
  }

  private static boolean isFlag(Node node) {
    return node instanceof Node.Scalar flag && flag.text().matches("true|false");
  }

  /** Reads a product with its marks. An optional file is a glob that matches it alone. */
  private Ref product(Node.Mapping map, Scope scope) {
    MapFields fields =
        new MapFields(map, scope, problems).only(KnownKeys.PRODUCT, "an entry of produces");
    if (map.get("file") == null) {
      throw new BadInput(
          map.place(), "an entry of produces is a path, or {file: PATH, optional: true}");
    }
    Node.Scalar path = MapFields.scalar(map.get("file"), "file");
    boolean optional = fields.flag("optional");
    boolean nonEmpty = fields.flag("non_empty");
    Place place = path.place();
    Ref ref = WrittenPath.ref(paths, scope.path(path), place, false);
    if (ref instanceof Ref.Exclude) {
      throw new BadInput(place, "what is left out is neither optional nor non_empty");
    } else if (optional && nonEmpty && !(ref instanceof Ref.OfFile || scope.isOutline())) {
      throw new BadInput(
          place, "a folder or glob that may be empty cannot be non_empty; write one of the two");
    } else if (ref instanceof Ref.OfFolder) {
      return new Ref.OfFolder(place, ((Ref.OfFolder) ref).path(), List.of(), optional, nonEmpty);
    } else if (ref instanceof Ref.OfFile && !optional) {
      return new Ref.OfFile(place, ref.text(), false, List.of(), nonEmpty);
    }
    String pattern = ref instanceof Ref.OfGlob ? ref.text() : Glob.escape(ref.text());
    return new Ref.OfGlob(place, pattern, List.of(), optional, nonEmpty);
  }

  private Ref ref(Node node, Scope scope, boolean need) {
    if (!need && node instanceof Node.Mapping map) {
      return product(map, scope);
    }
    if (need && node instanceof Node.Mapping map) {
      return needed(map, scope);
    }
    Node.Scalar scalar = MapFields.scalar(node, need ? "needs" : "produces");
    String text = need ? needed(scalar, scope) : scope.path(scalar);
    if (need) {
      refuseQuoted(text, node.place());
      if (text.startsWith(".git/") || text.contains("/.git/")) {
        problems.warn(
            node.place(),
            text
                + " is a file of git, which may be packed or missing while the commit changes; for"
                + " a version write `git describe` in a job with always: true, and need its"
                + " product");
      }
    }
    String list = TextLists.ofPaths(scalar.text());
    if (!list.isEmpty()) {
      problems.warn(node.place(), SafeText.name(text) + " is one path here" + list);
    }
    return WrittenPath.ref(paths, text, node.place(), need);
  }

  /** Returns a need that is a map. */
  private Ref needed(Node.Mapping map, Scope scope) {
    MapFields fields =
        new MapFields(map, scope, problems).only(KnownKeys.NEED, "an entry of needs");
    Set<String> keys = map.entries().keySet();
    boolean file = keys.contains("file");
    boolean skips = keys.contains("failed");
    boolean one = skips && map.get("data") instanceof Node.Scalar data && !isOfJob(data.text());
    long forms = Stream.of("job", "data", "file").filter(keys::contains).count();
    boolean wrong =
        forms != 1
            || one
            || file && skips
            || !file && keys.contains("keys")
            || (keys.contains("order") || keys.contains("product")) && !keys.contains("job")
            || keys.contains("data") && keys.contains("optional");
    if (wrong && KnownKeys.NEED.containsAll(keys)) {
      throw new BadInput(
          map.place(),
          "an entry of needs is a path, {file: PATH}, {file: PATH, keys: [KEY]}, {job: NAME},"
              + " {data: JOB.KEY}, a file or job with optional: true, or of a group one of the"
              + " last two with failed: skip, or {job: GROUP, order: rows}; {job: NAME, product:"
              + " NAME} is one of several named products");
    }
    if (file) {
      Node.Scalar path = MapFields.scalar(map.get("file"), "file");
      String text = noUrl(scope.path(path), path.place());
      boolean optional = fields.flag("optional");
      Ref ref = WrittenPath.ref(paths, text, path.place(), true);
      if (optional
          && !keys.contains("keys")
          && ref instanceof Ref.OfGlob of
          && Glob.ownText(of.pattern()) == null) {
        return new Ref.OfGlob(of.place(), of.pattern(), of.excludes(), true, false);
      } else if (optional && ref instanceof Ref.OfFolder of) {
        String all = of.path() + "/**";
        throw new BadInput(path.place(), text + " is a folder; write " + all + " for its files");
      }
      if (scope.isOutline()) {
        return ref;
      }
      List<String> parts = keys.contains("keys") ? keys(fields, text) : List.of();
      String of = WrittenPath.file(paths, text, path.place(), "file");
      return new Ref.OfFile(path.place(), of, optional, parts, false);
    }
    if (skips) {
      fields.choice("failed", "skip", List.of("skip"));
    }
    boolean rows = keys.contains("order") && !fields.choice("order", "", ROWS).isEmpty();
    return keys.contains("data")
        ? Ref.OfData.of(map.place(), fields.read("data", "x", scope::dataName), skips)
        : new Ref.OfJob(
            map.place(),
            fields.read("job", "", scope::jobName),
            skips,
            fields.flag("optional"),
            rows,
            fields.text("product", null));
  }

  /** Returns a needed path; an error about an unknown placeholder names the need of a group too. */
  private static String needed(Node.Scalar need, Scope scope) {
    try {
      return noUrl(scope.path(need), need.place());
    } catch (BadInput e) {
      String said = e.diagnostics().getFirst().message();
      String match = "; for a job per file write match: \"" + need.text() + "\"";
      String ways =
          (scope.parameters().isEmpty() ? match : "")
              + "; to need all files of a group, write {job: GROUP}";
      throw said.endsWith(" to mean the text") ? new BadInput(need.place(), said + ways) : e;
    }
  }

  private static String noUrl(String text, Place place) {
    if (text.indexOf("://") > 0) { // else its reader is not loaded
      FetchReader.refuseUrl(text, place);
    }
    return text;
  }

  /** Returns the keys of a file of which only a part is needed. */
  private static List<String> keys(MapFields need, String path) {
    Place place = need.map().get("keys").place();
    List<String> keys = need.list("keys", need.scope()::name);
    if (!FileValues.reads(path)) {
      throw new BadInput(
          place,
          "keys are read from files whose names end in .yaml, .yml, .json or .toml; this is "
              + SafeText.name(path));
    }
    if (MapFields.oneOrMore(need.map().get("keys")).isEmpty()) {
      throw new BadInput(place, "keys names no key; to need the whole file, leave it out");
    }
    return keys;
  }

  /** Warns if one text looks like several names. */
  private void warnOfList(MapFields job, String key) {
    for (Node each : MapFields.oneOrMore(job.map().get(key))) {
      String list = key.equals("tools") ? TextLists.ofPrograms(each) : TextLists.ofWords(each);
      if (!list.isEmpty()) {
        String text = SafeText.name(((Node.Scalar) each).text());
        problems.warn(each.place(), text + " is one name in " + key + list);
      }
    }
  }

  private static boolean isOfJob(String data) {
    return data.indexOf('.') > 0;
  }

  /** Refuses a map in quotes: YAML reads it as a text, which is hardly meant as a file name. */
  private static void refuseQuoted(String text, Place place) {
    if (text.startsWith("{") && text.endsWith("}")) {
      String inside = text.substring(1).stripLeading();
      if (inside.matches("(?s)(job|data|file):.*")) {
        throw new BadInput(
            place, text + " is a text, for it is quoted; quote at most the name in it");
      }
    }
  }

  ReportFiles report(MapFields top) {
    Node all = top.map().get("report");
    if (!(all instanceof Node.Mapping map) || map.get("show") == null && map.get("embed") == null) {
      return new ReportFiles(reportFiles(all, top), ReportFiles.EMBED);
    }
    MapFields keys = new MapFields(map, top.scope(), problems).only(KnownKeys.REPORT_MAP, "report");
    if (map.get("show") == null) {
      problems.add(map.place(), "embed says how much; add show to say which files");
    }
    return new ReportFiles(
        reportFiles(map.get("show"), top), keys.amount("embed", ReportFiles.EMBED, Quantity::size));
  }

  private List<ReportFile> reportFiles(Node written, MapFields top) {
    List<ReportFile> files = new ArrayList<>();
    for (Node node : top.scope().items(written)) {
      problems.guard(
          () -> {
            Node file = node;
            String title = null;
            String caption = null;
            if (node instanceof Node.Mapping map) {
              MapFields fields =
                  new MapFields(map, top.scope(), problems)
                      .only(KnownKeys.REPORT, "an entry of report");
              title = fields.text("title", null);
              caption = fields.text("caption", null);
              file = map.get("file");
              if (file == null) {
                throw new BadInput(node.place(), "an entry of report is a path, or {file: PATH}");
              }
            }
            String path = top.scope().path(MapFields.scalar(file, "report"));
            refuseQuoted(path, node.place());
            files.add(
                new ReportFile(title, caption, WrittenPath.ref(paths, path, node.place(), true)));
          });
    }
    return List.copyOf(files);
  }

  List<Ref.OfJob> after(MapFields job) {
    warnOfList(job, "after");
    warnOfList(job, "tools");
    List<Ref.OfJob> after = new ArrayList<>();
    job.list("after", node -> new Ref.OfJob(node.place(), job.scope().jobName(node)))
        .forEach(each -> jobs(each, job.scope()).forEach(after::add));
    return List.copyOf(after);
  }

  /** Returns one ref for each job of a package, if {@code of} means one. */
  private static List<Ref.OfJob> jobs(Ref.OfJob of, Scope scope) {
    List<String> jobs = of.job().endsWith(":") ? scope.vars().home().jobs(of.job()) : null;
    if (jobs == null) {
      return List.of(of);
    }
    return jobs.stream()
        .map(
            job ->
                new Ref.OfJob(of.place(), job, of.skips(), of.optional(), of.rows(), of.product()))
        .toList();
  }
}
