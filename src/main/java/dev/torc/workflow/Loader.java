package dev.torc.workflow;

import dev.torc.workflow.Node.Entry;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * From build files to the {@link Workflow}. It reads the top level and leaves the rest to others:
 * joining files to {@link Layers}, a job to {@link JobReader}.
 *
 * <p>{@code defaults} is a job laid under every job: its {@code env}, {@code resources} (class
 * names replaced by what they stand for) and {@code retry} are joined with the job's key by key,
 * where the job's keys win; every other key is used only where the job does not have it.
 */
public final class Loader {

  private Loader() {}

  /**
   * Reads and joins build files.
   *
   * @param files at least one; later ones are laid over earlier ones, the first one's folder is the
   *     root
   * @param defines values for vars, over those of the files
   * @throws BadInput with all that is wrong
   * @throws IOException if a file is there but cannot be read
   */
  public static Workflow load(List<Path> files, SortedMap<String, String> defines)
      throws IOException {
    Problems problems = new Problems();
    Path root = Layers.located(files.getFirst()).getParent();
    Layers layers = new Layers(root, problems);
    Node.Mapping top = layers.read(files);
    new Fields(top, null, problems).only(Keys.TOP, "the build file");

    SortedMap<String, String> vars =
        Vars.resolve(Fields.map(top.get("vars"), "vars", problems), defines, problems);
    // With wrong vars every use of them would be told again.
    problems.throwIfAny();

    Scope scope = new Scope(vars, null, null, null);
    Fields fields = new Fields(top, scope, problems);
    SortedMap<String, Long> limits = limits(top, scope, problems);
    TreeSet<String> counters = new TreeSet<>(limits.keySet());
    Keys.LIMITS.forEach(counters::remove);
    List<BadInput.Diagnostic> warnings = new ArrayList<>();
    JobReader reader = new JobReader(vars, top, counters, new Paths(root), problems, warnings);
    reader.checkShared();
    List<Job> jobs = new ArrayList<>();
    Map<String, Place> places = new HashMap<>();
    Fields.map(top.get("jobs"), "jobs", problems)
        .entries()
        .forEach((name, entry) -> add(reader.read(name, entry), jobs, places, problems));
    Path folder = root.getFileName();
    String name = fields.text("name", folder == null ? "torc" : folder.toString());
    String description = fields.text("description", "");
    List<Path> roots = roots(fields, root);
    SortedMap<String, String> data =
        StaticData.read(new Fields(Fields.map(top.get("data"), "data", problems), scope, problems));
    List<Hook> hooks =
        HookReader.read(top.get("hooks"), scope, reader.shell(), places.keySet(), problems);
    problems.throwIfAny();
    return new Workflow(
        root,
        layers.files(),
        name,
        description,
        limits,
        roots,
        List.copyOf(jobs),
        List.of(),
        data,
        hooks,
        warnings.stream().distinct().toList());
  }

  private static void add(Job job, List<Job> jobs, Map<String, Place> places, Problems problems) {
    if (job == null) {
      return;
    }
    Place earlier = places.putIfAbsent(job.name(), job.place());
    if (earlier != null) {
      problems.add(job.place(), "a second job " + job.name() + ", first at " + earlier);
    }
    jobs.add(job);
  }

  private static SortedMap<String, Long> limits(Node.Mapping top, Scope scope, Problems problems) {
    Fields fields = new Fields(Fields.map(top.get("limits"), "limits", problems), scope, problems);
    SortedMap<String, Long> limits = new TreeMap<>();
    for (Map.Entry<String, Entry> each : fields.map().entries().entrySet()) {
      String name = each.getKey();
      if (!Keys.LIMITS.contains(name) && Keys.RESOURCES.contains(name)) {
        problems.add(each.getValue().place(), name + " cannot be limited here");
      } else if (!Placeholder.isIdentifier(name)) {
        problems.add(
            each.getValue().place(), "the name of a counter is letters, digits and _: " + name);
      } else if (name.equals("memory")) {
        limits.put(name, fields.size(name));
      } else {
        limits.put(name, fields.whole(name, 1, name.equals("cpus") ? 1 : 0, Integer.MAX_VALUE));
      }
    }
    return limits;
  }

  private static List<Path> roots(Fields fields, Path root) {
    List<Path> roots = new ArrayList<>();
    for (Node node : Fields.oneOrMore(fields.map().get("roots"))) {
      fields.guard(
          () -> {
            String text = fields.scope().text(Fields.scalar(node, "roots"));
            try {
              roots.add(root.resolve(text).normalize());
            } catch (InvalidPathException e) {
              throw new BadInput(node.place(), "no path: " + text);
            }
          });
    }
    return List.copyOf(roots);
  }
}
