package dev.torc.core.manifest;

import dev.torc.base.digests.Digest;
import dev.torc.base.syntax.PlainWords;
import dev.torc.core.manifest.MachineInputs.ImageSource.Loaded;
import dev.torc.core.manifest.ManifestWriter.Content;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.KeyedPaths;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Step.Image;
import dev.torc.core.model.Surroundings;
import dev.torc.core.model.Template;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes everything that decides whether a job's result is still valid, line by line, to a {@link
 * ManifestWriter}. One writer makes the digest that the verdict compares, another the lines that
 * explain the verdict, so the two cannot disagree (rule 3). All inputs besides the build file must
 * come from an {@link InputSource}, because {@link Footprint} records them there.
 */
public record Manifest(Graph graph) {

  /** The value of a line of kind {@link LineKind#ORDER}. */
  public static final String NATURAL = "natural";

  /** The value of the line of a tool for which the lock of the environment stands. */
  public static final String LOCKED = "in the environment";

  /** Writes a job's manifest. Its depfile or trace named the files {@code found}, sorted. */
  public void describe(int id, List<String> found, InputSource contains, ManifestWriter writer) {
    Job job = graph.job(id);
    for (int i = 0; i < job.runs().steps().size(); i++) {
      step(id, job, i, contains, writer);
    }
    if (job.slot(GivenArguments.SLOT) != null) {
      List<String> given = GivenArguments.of(job, contains::ofVariable);
      if (!given.isEmpty()) {
        writer.text(LineKind.ARGUMENTS, "", words(given));
      }
    }
    loaded(job, contains, writer);
    if (job.depfile() != null) {
      writer.text(LineKind.DEPFILE, "", job.depfile());
    }
    boolean ordered = job.slot("needs") != null;
    if (ordered) {
      List<Item> needs = job.links().needs();
      writer.text(LineKind.NEEDS_WRITTEN, "", written(needs), written(numbered(needs)));
    }
    if (job.slot("produces") != null) {
      writer.text(LineKind.PRODUCES_WRITTEN, "", written(job.links().produces()));
    }
    needs(id, job, ordered, contains, writer);
    InputSource.neededValues(job)
        .forEach(
            (name, ref) -> {
              Content content = contains.ofData(ref);
              writer.content(LineKind.DATA, name, content);
              if (content instanceof Content.Value value && value.leftOut() != null) {
                writer.aside(value.leftOut().line(ref.text()));
              }
            });
    if (!job.links().tools().isEmpty()) {
      tools(job, contains, writer);
    }
    for (String path : found) {
      int maker = contains.makerOfFound(graph, id, path);
      boolean lost = maker >= 0 && !graph.precedes(maker, id); // the run reports which need to add
      writer.content(LineKind.FOUND, path, lost ? new Content.Missing() : contains.of(path, maker));
    }
    if (job.runs().executor() != null) {
      String before = graph.workflow().executor(job.runs().executor()).before();
      if (!before.isEmpty()) {
        writer.text(LineKind.BEFORE, "", before);
      }
    }
    if (!job.runs().skip().isEmpty()) {
      writer.text(LineKind.SKIP, "", job.runs().skip().toString());
    }
    if (job.has(Trait.TRACE)) {
      writer.text(LineKind.TRACE, "", "true");
    }
    extras(job, writer);
    TreeSet<String> products = new TreeSet<>(declared(job));
    for (Ref ref : job.productRefs()) {
      if (ref.optional() || ref.nonEmpty()) {
        products.remove(ref.text());
        String text = ref.optional() ? ref.text() + " (optional)" : ref.text();
        products.add(ref.nonEmpty() ? text + " (non_empty)" : text);
      }
    }
    products.forEach(product -> writer.text(LineKind.PRODUCT, product, ""));
  }

  private static void extras(Job job, ManifestWriter writer) {
    for (Map.Entry<String, Extra> each : job.extras().entrySet()) {
      if (each.getValue().effect().equals(Extra.COUNTS)) {
        writer.text(LineKind.EXTRA, each.getKey(), each.getValue().text().declared());
      }
    }
  }

  /** Returns the digest of a job's environment, as in its manifest; null if it is unknown yet. */
  public static Digest environment(Job job, InputSource contains) {
    ManifestHash counts = new ManifestHash();
    environment(job, contains, counts);
    return counts.pending() < 0 ? counts.digest() : null;
  }

  /** Writes what decides the environment of a job. Lines have its name, and digests do not. */
  private static void environment(Job job, InputSource contains, ManifestWriter writer) {
    Surroundings in = job.surroundings();
    if (in != null) {
      writer.text(LineKind.SURROUNDINGS, "", in.name() + " " + in.entry(), in.entry());
      for (String path : in.files()) {
        writer.content(LineKind.SURROUNDINGS, in.name() + " " + path, path, contains.of(path));
      }
    }
  }

  /** Writes what decides the environment of a job, then each module that it loads, in its order. */
  private static void loaded(Job job, InputSource contains, ManifestWriter writer) {
    environment(job, contains, writer);
    Surroundings in = job.surroundings();
    boolean enters = in != null && !job.name().equals(in.maker());
    Loaded loaded = enters ? contains.ofLoaded(job) : null;
    if (loaded == null) {
      return;
    }
    String start = in.name() + " ";
    if (!loaded.why().isEmpty()) {
      Content unknown = new Content.Unreadable(loaded.why());
      writer.content(LineKind.SURROUNDINGS, start + "modules", "modules", unknown);
    }
    for (String each : loaded.names()) {
      String name = LineKind.MODULE + each.split("/", 2)[0];
      writer.content(LineKind.SURROUNDINGS, start + name, name, new Content.Value(each));
    }
  }

  /** Writes needed files by path, then needed globs and folders, then needed jobs. */
  private void needs(
      int id, Job job, boolean ordered, InputSource contains, ManifestWriter writer) {
    List<String> paths = new ArrayList<>(graph.needs().count(id));
    for (int file : graph.needs().row(id)) {
      paths.add(graph.path(file));
    }
    Surroundings in = job.surroundings();
    if (in != null) {
      paths.removeIf(path -> in.files().contains(path) && !needs(job).contains(path));
    }
    paths.sort(null);
    SortedMap<String, SortedSet<String>> keyed = KeyedPaths.of(job);
    for (String path : paths) {
      SortedSet<String> keys = keyed.get(path);
      if (keys == null) {
        writer.content(LineKind.NEED, path, contains.of(path));
        continue;
      }
      for (String key : keys) {
        String name = KeyedPaths.name(path, key);
        writer.content(LineKind.KEY, name, contains.ofKey(id, path, key));
      }
      writer.aside(LineKind.KEYED.line(path, contains.of(path).value()));
    }
    TreeMap<String, Integer> sorted = new TreeMap<>();
    List<Integer> made = new ArrayList<>();
    for (int list : graph.listNeeds().row(id)) {
      if (graph.list(list).ofJobs()) {
        made.add(list);
      } else {
        sorted.put(graph.list(list).written(), list);
      }
    }
    sorted.forEach((name, list) -> writer.content(LineKind.LIST, name, contains.ofList(list)));
    made(made, ordered, contains, writer);
    if (Arrays.stream(graph.listNeeds().row(id)).anyMatch(contains::reordered)) {
      writer.text(LineKind.ORDER, "", NATURAL); // the digests cover the rest
    }
    for (int list : made) {
      LeftOut leftOut = contains.leftOut(list);
      if (leftOut != null) {
        writer.aside(leftOut.line(graph.list(list).written()));
      }
    }
  }

  /** Writes the tools that no job makes, each once, sorted by name. */
  private void tools(Job job, InputSource contains, ManifestWriter writer) {
    TreeMap<String, Tool> tools = new TreeMap<>();
    ToolSearch.unmade(graph, job).forEach(tool -> tools.put(tool.name(), tool));
    tools.forEach(
        (name, tool) -> {
          if (contains.isLocked(job, tool)) {
            writer.text(LineKind.TOOL, name, LOCKED);
          } else {
            writer.content(LineKind.TOOL, name, contains.ofTool(job, tool));
          }
        });
  }

  /**
   * Writes the products of needed jobs. The jobs' names do not count, so unless {@code ordered},
   * the lines are sorted by digest.
   */
  private void made(
      List<Integer> lists, boolean ordered, InputSource contains, ManifestWriter writer) {
    Map<Integer, Content> contents = new LinkedHashMap<>();
    lists.forEach(list -> contents.put(list, contains.ofList(list)));
    if (!ordered) {
      lists.sort((a, b) -> contents.get(a).value().compareTo(contents.get(b).value()));
    }
    lists.forEach(
        list ->
            writer.content(LineKind.LIST, graph.list(list).written(), "job", contents.get(list)));
  }

  /** Returns the items with each job's name replaced by a number, in order of appearance. */
  private static List<Item> numbered(List<Item> items) {
    Map<String, String> numbers = new HashMap<>();
    List<Item> numbered = new ArrayList<>();
    for (Item item : items) {
      List<Ref> refs = new ArrayList<>();
      for (Ref ref : item.refs()) {
        if (ref instanceof Ref.OfJob job) {
          String number = numbers.computeIfAbsent(job.job(), _ -> "" + numbers.size());
          refs.add(new Ref.OfJob(job.place(), number, false, false, false, job.product()));
        } else {
          refs.add(ref);
        }
      }
      numbered.add(new Item(item.name(), item.place(), refs));
    }
    return numbered;
  }

  private void step(int id, Job job, int index, InputSource contains, ManifestWriter writer) {
    Step step = job.runs().steps().get(index);
    String number = job.runs().steps().size() == 1 ? "" : Integer.toString(index + 1);
    if (step.command() instanceof Step.Command.Shell shell) {
      writer.text(LineKind.COMMAND, number, shell.text().declared());
      if (step.needsShell()) {
        writer.text(LineKind.SHELL, number, words(step.shell()));
      } else {
        writer.plain(number);
      }
    } else {
      List<Template> words = step.command().templates();
      writer.text(LineKind.COMMAND, number, words(words.stream().map(Template::declared).toList()));
    }
    if (!step.dir().equals(".")) {
      writer.text(LineKind.FOLDER, number, step.dir());
    }
    if (step.image() != null) {
      image(id, number, step.image(), contains, writer);
    }
    String behind = number.isEmpty() ? "" : " " + number;
    step.env()
        .forEach(
            (name, value) -> writer.text(LineKind.ENV, name + behind, env(name, value, contains)));
  }

  private void image(
      int id, String number, Image image, InputSource contains, ManifestWriter writer) {
    ImageIdentity which = contains.ofImage(id, number, image);
    writer.text(LineKind.IMAGE, number, which.toString(), which.identity());
    if (!image.volumes().isEmpty() || !image.args().isEmpty()) {
      writer.text(LineKind.CONTAINER, number, words(image.volumes()) + " " + words(image.args()));
    }
  }

  /** Returns the value with {@code =} before it; empty if the caller has not set the variable. */
  private static String env(String name, Optional<Template> declared, InputSource contains) {
    if (declared.isPresent()) {
      StringBuilder value = new StringBuilder("=").append(declared.get().declared());
      for (Template.Part.Slot hidden : declared.get().hidden()) {
        contains.ofVariable(hidden.toString()).ifPresent(text -> value.append(' ').append(text));
      }
      return value.toString();
    }
    return contains.ofVariable(name).map(value -> "=" + value).orElse("");
  }

  /** Returns the words as one text that is different for each list. */
  public static String words(List<String> words) {
    StringJoiner text = new StringJoiner(", ", "[", "]");
    words.forEach(word -> text.add(quoted(word)));
    return text.toString();
  }

  /** Returns whether torc does without a shell, as {@link #words} wrote it, for plain words. */
  public static boolean runsPlain(String shell) {
    List<String> words = List.of(shell.substring(2, shell.length() - 2).split("\", \""));
    return PlainWords.of(words, "x", _ -> false).isPresent();
  }

  /** Returns a word as {@link #words} writes it. */
  public static String quoted(String word) {
    return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String written(List<Item> items) {
    List<String> words = new ArrayList<>();
    for (Item item : items) {
      if (item.isAdded() || item.refs().stream().anyMatch(Ref.OfData.class::isInstance)) {
        continue; // no placeholder stands for it
      }
      if (item.name() != null) {
        words.add(item.name() + ":");
      }
      item.refs().forEach(ref -> words.add(ref.text()));
    }
    return words(words);
  }

  /** Returns the declared products. A folder ends with a slash; a glob is its pattern. */
  public static List<String> products(Job job) {
    return texts(job.links().produces());
  }

  /** Returns the declared products, then the excludes of folders and globs after {@code !}. */
  public static List<String> declared(Job job) {
    List<String> texts = products(job);
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfMany many) {
        many.excludes().forEach(exclude -> texts.add("!" + exclude));
        break; // all refs have the same excludes
      }
    }
    return texts;
  }

  /**
   * Returns the texts of the declared needs, each once; {@code job NAME} means all products of a
   * job.
   */
  public static List<String> needs(Job job) {
    return texts(job.links().needs()).stream().distinct().toList();
  }

  private static List<String> texts(List<Item> items) {
    List<String> texts = new ArrayList<>();
    for (Item item : items) {
      item.refs().forEach(ref -> texts.add(ref.text()));
    }
    return texts;
  }
}
