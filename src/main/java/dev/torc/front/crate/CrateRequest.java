package dev.torc.front.crate;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Warnings;
import dev.torc.base.syntax.JsonText;
import dev.torc.base.syntax.SourceFile;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Verdict;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Workflow;
import dev.torc.features.past.GitCommit;
import dev.torc.features.past.PastCommits;
import dev.torc.features.reading.BuildFile;
import dev.torc.front.crate.RunInputs.Line;
import dev.torc.front.project.Caller.BuildMachine;
import dev.torc.front.project.DisplayGraph;
import dev.torc.front.project.Project;
import dev.torc.front.session.ReadSession;
import dev.torc.front.show.AttemptText;
import dev.torc.front.show.ReasonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Collects the provenance of a project's results as a crate: the last run on record of each job,
 * with the recorded digests. It takes no lock; for the verdicts, it reads only files that have
 * changed. {@link RoCrate} knows the format of a crate.
 *
 * <p>The crate has the profiles of Workflow Run RO-Crate 0.5 up to Provenance Run Crate. If nothing
 * has run, it is only a Workflow RO-Crate, since the other profiles require a run.
 */
public final class CrateRequest {

  /** What the command prints about a crate; {@code behind} is the number of out-of-date jobs. */
  public record WrittenCrate(boolean hasRuns, int jobs, int behind) {}

  private static final String BIOSCHEMAS =
      "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE";

  private static final String STATUS = "http://schema.org/%sActionStatus";

  private static final List<String> LICENCES =
      Stream.of("LICENSE", "LICENCE", "COPYING")
          .flatMap(name -> Stream.of(name, name + ".txt", name + ".md"))
          .toList();

  /** Writes the UTC offset as {@code +00:00}, as the validator requires. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx").withZone(ZoneOffset.UTC);

  /** A run in the crate; times are milliseconds since 1970, 0 if unknown. */
  private record Run(Entity action, String step, long started, long ended) {}

  private final ReadSession look;
  private final String torc;
  private final Project project;
  private final Graph graph;
  private final Plan plan;
  private final IntFunction<String> commands;
  private final RoCrate crate = new RoCrate();
  private final Entity metadata = crate.entity(RoCrate.METADATA, "CreativeWork");
  private final Entity root = crate.entity("./", "Dataset");
  private final Entity person;
  private final BuildMachine machine;
  private final PastCommits commits;
  private final Map<Long, List<Run>> builds = new TreeMap<>();

  private CrateRequest(ReadSession look, String torc) throws IOException {
    this.look = look;
    this.torc = torc;
    this.project = look.project();
    this.graph = project.graph();
    this.plan = look.plan(project.select(List.of()), Rerun.NONE);
    this.commands = look.commands();
    this.person = person();
    this.commits = PastCommits.of(look.cache());
    this.machine = new BuildMachine(project.caller().host());
  }

  /**
   * Writes the records into a new folder, which is renamed into place when it is complete.
   *
   * @param folder absolute
   * @param shown the folder as the user wrote it
   * @throws BadInput if the folder exists or is inside torc's own folder
   */
  public static WrittenCrate write(
      Project of, Path folder, String shown, String torc, Warnings warn) throws IOException {
    RoCrate.refuse(folder, of.folder(), shown);
    try (ReadSession look = ReadSession.at(of, warn)) {
      return new CrateRequest(look, torc).writeCrate(folder);
    }
  }

  private WrittenCrate writeCrate(Path folder) throws IOException {
    JobSelection selection = project.select(List.of());
    Entity workflow = files();
    licence();
    Map<Integer, String> steps = new HashMap<>();
    for (DisplayGraph.Fold fold :
        DisplayGraph.of(graph, selection.jobs(), selection.open(), false).folds()) {
      workflow.ref("step", step(fold).text("position", "" + (workflow.refs("step").size() + 1)));
      fold.jobs().forEach(job -> steps.put(job, fold.name()));
    }
    for (int job : graph.inOrder(selection.jobs())) { // makers first: readers refer to products
      run(job, steps.get(job));
    }
    crate.nest();
    builds.forEach((number, runs) -> build(workflow, number, runs, look.cache().build(number)));
    root(workflow);
    int jobs = selection.jobs().cardinality();
    crate.write(folder, project.caller().hidden());
    return new WrittenCrate(!builds.isEmpty(), jobs, jobs - plan.idle());
  }

  private void root(Entity workflow) {
    String said = project.workflow().settings().description().strip();
    String what =
        builds.isEmpty()
            ? "The workflow of this project. Nothing of it is on record as having run."
            : "Where the results of this project come from, as torc has it on record: the jobs,"
                + " the last run of each, and what it read and made. The files themselves are not"
                + " in this crate; their names are relative to the folder of the build file.";
    Entity profile =
        profile("https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate");
    metadata
        .ref("about", root)
        .ref("conformsTo", crate.outside(RoCrate.PROFILE))
        .ref("conformsTo", profile);
    root.text("name", project.workflow().settings().name())
        .text("description", said.isEmpty() ? what : said + "\n\n" + what)
        .text("datePublished", TIME.format(Instant.now()))
        .ref("conformsTo", profile)
        .ref("mainEntity", workflow)
        .refs("hasPart", crate.data());
    for (String each : List.of("Process", "Workflow", "Provenance")) {
      String id = "https://w3id.org/ro/wfrun/" + each.toLowerCase(Locale.ROOT) + "/0.5";
      root.ref("conformsTo", builds.isEmpty() ? null : profile(id, each + " Run Crate"));
    }
  }

  private Entity profile(String id, String name) {
    String version = id.substring(id.lastIndexOf('/') + 1);
    return crate.entity(id, "CreativeWork").text("name", name).text("version", version);
  }

  /** Adds the build files; returns the first one, which is the workflow. */
  private Entity files() throws IOException {
    Workflow of = project.workflow();
    Path first = of.settings().files().getFirst();
    byte[] input = first.endsWith(BuildFile.INPUT) ? project.options().named().input() : null;
    boolean inside = first.startsWith(of.root());
    String own = (inside ? of.root().relativize(first) : first.getFileName()).toString();
    String name = input == null ? own : BuildFile.NAMES.getFirst();
    byte[] bytes = input == null ? SourceFile.bytes(first, name) : input;
    String[] types = {"File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"};
    Entity workflow = crate.source(name, bytes, types).text("name", of.settings().name());
    root.ref("hasPart", workflow);
    String read = "Read together with " + workflow.id + ".";
    String laid = "Laid over the build file where it was read; not in this crate.";
    for (Path file : of.settings().files().subList(1, of.settings().files().size())) {
      boolean in = file.startsWith(of.root());
      String path = (in ? of.root().relativize(file) : file).toString();
      source(path, in ? SourceFile.bytes(file, path) : null, in ? read : laid);
    }
    Entity language = named("#language", "ComputerLanguage", "torc", "Its build files.");
    return workflow
        .text("description", of.settings().description())
        .ref("conformsTo", profile(BIOSCHEMAS, "Bioschemas ComputationalWorkflow"))
        .ref("programmingLanguage", language.text("version", torc));
  }

  private Entity named(String id, String type, String name, String description) {
    return crate.entity(id, type).text("name", name).text("description", description);
  }

  private Entity source(String name, byte[] bytes, String what) {
    Entity source = crate.source(name, bytes, "File").text("name", name);
    root.ref("hasPart", source);
    return source.text("description", what);
  }

  private void licence() throws IOException {
    for (String name : LICENCES) {
      Path file = project.workflow().root().resolve(name);
      if (Files.isRegularFile(file)) {
        root.ref("license", source(name, Files.readAllBytes(file), "The licence of the project."));
        return;
      }
    }
    root.text("license", "Not stated. Ask the authors before you use or share this data.");
  }

  /** Returns the owner of torc's folder; null for a group's, since any member may have run torc. */
  private Entity person() {
    try {
      String name = Files.getOwner(project.folder(), LinkOption.NOFOLLOW_LINKS).getName();
      String what = "The user who owns what torc records of this project.";
      boolean named = project.place().group().isNone() && !name.matches("\\d*");
      return named ? crate.named("person", name, "Person").text("description", what) : null;
    } catch (IOException | UnsupportedOperationException e) {
      return null; // the crate then has no person
    }
  }

  private Entity step(DisplayGraph.Fold fold) {
    // If instances have different descriptions, none of them describes the group.
    List<String> texts =
        fold.jobs().stream().map(job -> graph.job(job).labels().description()).distinct().toList();
    String group =
        fold.isGroup() ? " A group of " + fold.jobs().size() + " jobs, one per run." : "";
    String said = ((texts.size() == 1 ? texts.getFirst() : "") + group).strip();
    Entity tool = tool(fold.name()).text("description", said);
    Entity step = crate.named("step", fold.name(), "HowToStep").text("description", said);
    return step.ref("workExample", tool);
  }

  /** Returns the application that stands for a job or group, and that each of its runs executes. */
  private Entity tool(String step) {
    return crate.named("job", step, "SoftwareApplication");
  }

  private void run(int job, String step) {
    String name = graph.name(job);
    JobResult result = look.records().result(job);
    RunDetails details = result == null ? null : look.cache().details(name);
    if (details == null) {
      return;
    }
    List<Entity> made = new ArrayList<>();
    for (RecordedProduct product : result.products()) {
      String digest = new Line("", product.digest().hex()).digest();
      boolean folder = product.kind() == Stamp.FileKind.FOLDER;
      made.add(folder ? crate.folder(product.path(), digest) : file(product.path(), digest));
    }
    if (result.outcome() == Outcome.ADOPTED) {
      return; // nothing ran; existing files were accepted
    }
    if (result.outcome().isGood()) {
      for (StoredValue value : look.cache().data(name)) {
        made.add(crate.value(name + "." + value.key(), JsonText.of(value.text()), null));
      }
    }
    // If torc was killed during a run, the manifest on record is that of the run before.
    boolean known = details.ran().started() > 0;
    Origin from = details.origin();
    boolean here = from == null || from.store().isEmpty();
    long started = from == null ? details.ran().started() : from.started();
    long ended = known && result.wall() >= 0 ? started + result.wall() / 1_000_000 : 0;
    String what = SafeText.line(details.what());
    String outcome = result.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    boolean fine = result.outcome().isGood() || result.outcome() == Outcome.SKIPPED;
    String error = fine ? null : what.isEmpty() ? outcome : what;
    RunInputs inputs = new RunInputs(known ? details.manifest() : List.of());
    Entity action =
        action("CreateAction", RoCrate.id("run", name), started, ended, error)
            .text("name", name)
            .text("description", description(job, result, details, inputs))
            .ref("instrument", tool(step))
            .ref("agent", here ? person : null)
            .refs("result", made);
    needs(action, inputs);
    long number = from != null && here ? from.build() : details.ran().build();
    Run run = new Run(action, step, started, ended);
    builds.computeIfAbsent(number, _ -> new ArrayList<>()).add(run);
  }

  /** Returns the command that ran, and notes on what has happened since. */
  private String description(int job, JobResult result, RunDetails details, RunInputs inputs) {
    Verdict verdict = plan.verdict(job);
    boolean same = verdict instanceof Verdict.UpToDate;
    StringJoiner notes = new StringJoiner("; ", "(", ")").setEmptyValue("");
    if (details.origin() != null) {
      String from = AttemptText.origin(details.origin());
      notes.add("restored in build " + details.ran().build() + " from " + from);
    }
    GitCommit commit = commits.of(details);
    if (commit != null) {
      notes.add("git " + commit.whole());
    }
    if (result.outcome().isGood() && verdict instanceof Verdict.MayRun(int after)) {
      notes.add("may be out of date: it waits for " + SafeText.name(graph.name(after)));
    } else if (result.outcome().isGood() && !same) {
      notes.add("no longer up to date: " + ReasonText.brief(verdict.reasons()));
    }
    // Placeholder values are not on record, but they are unchanged while a job is up to date.
    boolean put = same && !inputs.commands().isEmpty();
    List<String> lines = new ArrayList<>(put ? List.of(commands.apply(job)) : inputs.commands());
    lines.add(notes.toString());
    lines.removeIf(String::isEmpty);
    return String.join("\n", lines);
  }

  /** Returns a file that a run read or made, with its size only if its digest is still the same. */
  private Entity file(String path, String digest) {
    long size = size(look.cache().stamp(path), digest);
    return crate.file(path, digest, size < 0 ? size(look.digests().last(path), digest) : size);
  }

  private static long size(KnownDigest known, String digest) {
    boolean same = known != null && known.digest() != null && known.digest().hex().equals(digest);
    return same ? known.stamp().size() : -1;
  }

  /** Adds references to a run's inputs, except missing ones, which have no digest. */
  private void needs(Entity action, RunInputs of) {
    refAll(action, "object", of.files(), line -> file(line.name(), line.digest()));
    refAll(action, "object", of.lines(LineKind.LIST), this::list);
    refAll(
        action, "object", of.lines(LineKind.TOOL), line -> crate.tool(line.name(), line.digest()));
    for (Line line : of.lines(LineKind.DATA, LineKind.KEY)) {
      boolean known = line.json() != null || line.digest() != null;
      action.ref("object", known ? crate.value(line.name(), line.json(), line.digest()) : null);
    }
    of.variables().forEach(v -> action.ref("environment", crate.variable(v.name(), v.value())));
    of.images().forEach(it -> action.ref("containerImage", crate.image(it.name(), it.digest())));
  }

  private static void refAll(
      Entity to, String relation, List<Line> lines, Function<Line, Entity> part) {
    lines.forEach(line -> to.ref(relation, line.digest() == null ? null : part.apply(line)));
  }

  /** Returns a list of needs with its members, which are read only once for all its readers. */
  private Entity list(Line line) {
    Entity list = crate.list(line.name(), line.digest());
    List<ManifestEntry> stored =
        list.refs("hasPart").isEmpty() ? look.records().list(Digest.ofHex(line.digest())) : null;
    List<Line> members = stored == null ? List.of() : new RunInputs(stored).files();
    refAll(list, "hasPart", members, member -> file(member.name(), member.digest()));
    return list;
  }

  /**
   * Adds a build with its runs in the crate. A product of one of these runs is not an input of the
   * build.
   *
   * @param record null if the build is no longer in the history; its times then come from the runs
   */
  private void build(Entity workflow, long number, List<Run> runs, BuildRecord record) {
    boolean over = record == null || record.end().nanos() >= 0;
    int exit = record == null ? 0 : record.end().exit();
    String killed = "it has not ended, or was killed: its end is not on record";
    String error = !over ? killed : exit == 0 ? null : "exit status " + exit;
    long began = runs.stream().mapToLong(Run::started).filter(at -> at > 0).min().orElse(0);
    long last = runs.stream().mapToLong(Run::ended).max().orElse(0);
    boolean whole = record != null && over;
    long started = record == null ? began : record.started();
    long ended = whole ? started + record.end().nanos() / 1_000_000 : last;
    Entity build = action("CreateAction", "#build/" + number, started, ended, error);
    Entity engine = action("OrganizeAction", "#engine/" + number, started, ended, error);
    Set<Entity> read = new LinkedHashSet<>();
    Set<Entity> inside = new LinkedHashSet<>();
    for (Run run : runs) {
      read.addAll(run.action.refs("object"));
      build.refs("result", run.action.refs("result"));
      run.action.refs("result").forEach(made -> inside.addAll(made.refs("hasPart")));
      root.ref("mentions", run.action);
      workflow.ref("hasPart", tool(run.step));
      String id = RoCrate.id("control", number + "/" + run.step);
      Entity control =
          crate.entity(id, "ControlAction").text("name", run.step + " in build " + number);
      control.ref("instrument", crate.named("step", run.step, "HowToStep"));
      engine.ref("object", control.ref("object", run.action));
    }
    inside.addAll(build.refs("result"));
    for (Entity need : read) {
      Set<Entity> members = need.id.startsWith("#list/") ? need.refs("hasPart") : Set.of();
      boolean own = inside.contains(need) || !members.isEmpty() && inside.containsAll(members);
      build.ref("object", own ? null : need);
    }
    String what = "What it made that is the last result of its job; all else of it is not told.";
    build
        .text("location", record == null ? null : machine.of(record))
        .text("name", "build " + number + " of " + project.workflow().settings().name())
        .text("description", what)
        .ref("instrument", workflow)
        .ref("agent", person);
    root.ref("mentions", build);
    Entity tool = named("#torc", "SoftwareApplication", "torc", "An incremental build engine.");
    engine
        .text("name", "torc in build " + number)
        .ref("agent", person)
        .ref("instrument", tool.text("softwareVersion", torc))
        .ref("result", build);
  }

  private Entity action(String type, String id, long started, long ended, String error) {
    return crate
        .entity(id, type)
        .text("startTime", started > 0 ? TIME.format(Instant.ofEpochMilli(started)) : null)
        .text("endTime", ended > 0 ? TIME.format(Instant.ofEpochMilli(ended)) : null)
        // The validator requires a text here, not a reference.
        .text("actionStatus", STATUS.formatted(error == null ? "Completed" : "Failed"))
        .text("error", error);
  }
}
