package dev.torc.report;

import dev.torc.hash.Digest;
import dev.torc.report.Provenance.Build;
import dev.torc.report.Provenance.Run;
import dev.torc.report.Provenance.Source;
import dev.torc.report.Provenance.Step;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.TreeMap;

/**
 * The metadata of an RO-Crate that tells where results come from: the profiles of Workflow Run
 * RO-Crate 0.5 with Provenance Run Crate, over RO-Crate 1.1. Data is not in the crate: files have
 * ids that begin with {@code #}, as RO-Crate has them for files that are not there. Where nothing
 * has run it is a Workflow RO-Crate alone, since the others want a run.
 */
public final class RoCrate {

  private static final String CRATE = "https://w3id.org/ro/crate/1.1";
  private static final String WORKFLOW = "https://w3id.org/workflowhub/workflow-ro-crate/1.0";
  private static final String BIOSCHEMAS =
      "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE";

  /** Where the terms of its own stand that the profiles have. */
  static final String TERMS = "https://w3id.org/ro/terms/workflow-run#";

  private static final String SCHEMA = "http://schema.org/";
  private static final String LANGUAGE = "#language";
  private static final String TORC = "#torc";

  /** Profiles of crates with runs, by their ids. */
  private static final Map<String, String> PROFILES =
      new TreeMap<>(
          Map.of(
              "https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate",
              "https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate",
              "https://w3id.org/ro/wfrun/provenance/0.5", "Provenance Run Crate"));

  /** Of UTC it writes the offset, which the validator wants. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx").withZone(ZoneOffset.UTC);

  private final Provenance told;
  private final String workflow;
  private final String person;
  private final BitSet ran = new BitSet(); // steps
  private final List<List<Run>> byBuild = new ArrayList<>();

  /** Sorts what is told; writes nothing yet. */
  public RoCrate(Provenance told) {
    this.told = told;
    this.workflow = CrateParts.encoded(told.files().getFirst().name());
    this.person = told.person() == null ? null : CrateParts.id("person", told.person());
    Map<Long, List<Run>> runs = new TreeMap<>();
    for (Run run : told.runs()) {
      ran.set(run.step());
      runs.computeIfAbsent(run.build(), _ -> new ArrayList<>()).add(run);
    }
    for (Build build : told.builds()) {
      byBuild.add(runs.getOrDefault(build.number(), List.of()));
    }
  }

  /** Writes the metadata; does not close. */
  public void write(Writer to) throws IOException {
    try (JsonLd out =
        new JsonLd(
            to,
            CRATE + "/context",
            "sha256",
            TERMS + "sha256",
            "environment",
            TERMS + "environment",
            "containerImage",
            TERMS + "containerImage",
            "ContainerImage",
            TERMS + "ContainerImage",
            "registry",
            TERMS + "registry",
            "tag",
            TERMS + "tag")) {
      root(out);
      workflow(out);
      for (int i = 0; i < told.steps().size(); i++) {
        step(out, i);
      }
      for (int i = 0; i < told.builds().size(); i++) {
        build(out, told.builds().get(i), byBuild.get(i));
      }
      for (Run run : told.runs()) {
        run(out, run);
      }
      for (CratePart part : told.parts().all()) {
        PartEntity.write(out, part);
      }
    }
  }

  private boolean hasRuns() {
    return !told.runs().isEmpty();
  }

  private void root(JsonLd out) throws IOException {
    out.entity("ro-crate-metadata.json", "CreativeWork")
        .ref("about", "./")
        .refs("conformsTo", List.of(CRATE, WORKFLOW));
    List<String> parts = new ArrayList<>();
    sources().forEach(source -> parts.add(id(source)));
    told.parts().all().stream()
        .filter(part -> part.kind().isData())
        .forEach(part -> parts.add(part.id()));
    List<String> actions = new ArrayList<>();
    told.builds().forEach(build -> actions.add(CrateParts.id("build", "" + build.number())));
    told.runs().forEach(run -> actions.add(action(run)));
    List<String> profiles = new ArrayList<>(hasRuns() ? PROFILES.keySet() : List.of());
    profiles.add(WORKFLOW);
    out.entity("./", "Dataset")
        .text("name", told.name())
        .text("description", description())
        .text("datePublished", time(told.told()))
        .refs("conformsTo", profiles)
        .ref("mainEntity", workflow);
    if (told.licence() == null) {
      out.text(
          "license", "Not stated. Ask the authors before you use or pass on what it tells of.");
    } else {
      out.ref("license", id(told.licence()));
    }
    out.refs("hasPart", parts).refs("mentions", actions);
    for (String profile : profiles) {
      int version = profile.lastIndexOf('/') + 1;
      out.entity(profile, "CreativeWork")
          .text("name", PROFILES.getOrDefault(profile, "Workflow RO-Crate"))
          .text("version", profile.substring(version));
    }
    if (person != null) {
      out.entity(person, "Person")
          .text("name", told.person())
          .text("description", "The user who owns what torc records of this project.");
    }
  }

  private String description() {
    String said = told.description().isEmpty() ? "" : told.description().strip() + "\n\n";
    return said
        + (hasRuns()
            ? "Where the results of this project come from, as torc has it on record: the jobs,"
                + " the last run of each, and what it read and made. The files themselves are not"
                + " in this crate; their names are relative to the folder of the build file."
            : "The workflow of this project. Nothing of it is on record as having run.");
  }

  /** The files that stand in the crate or are needed to understand it. */
  private List<Source> sources() {
    List<Source> sources = new ArrayList<>(told.files());
    if (told.licence() != null) {
      sources.add(told.licence());
    }
    return sources;
  }

  private static String id(Source source) {
    return source.bytes() == null
        ? CrateParts.id("site", source.name())
        : CrateParts.encoded(source.name());
  }

  private void workflow(JsonLd out) throws IOException {
    List<String> tools = new ArrayList<>();
    List<String> steps = new ArrayList<>();
    for (int i = 0; i < told.steps().size(); i++) {
      steps.add(step(i));
      if (ran.get(i)) {
        tools.add(tool(i));
      }
    }
    Source file = told.files().getFirst();
    out.entity(workflow, "File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo")
        .text("name", told.name())
        .text("description", told.description())
        .ref("conformsTo", BIOSCHEMAS)
        .ref("programmingLanguage", LANGUAGE)
        .refs("hasPart", tools)
        .refs("step", steps);
    contents(out, file);
    out.entity(BIOSCHEMAS, "CreativeWork")
        .text("name", "Bioschemas ComputationalWorkflow")
        .text("version", "1.0-RELEASE");
    out.entity(LANGUAGE, "ComputerLanguage")
        .text("name", "torc")
        .text("description", "Build files of torc, an incremental build engine.")
        .text("version", told.torc());
    out.entity(TORC, "SoftwareApplication")
        .text("name", "torc")
        .text("description", "An incremental build engine: it ran the jobs of this project.")
        .text("softwareVersion", told.torc());
    for (Source source : sources().subList(1, sources().size())) {
      out.entity(id(source), "File").text("name", source.name());
      if (source == told.licence()) {
        out.text("description", "The licence of the project.");
      } else if (source.bytes() == null) {
        out.text("description", "Laid over the build file where it was read; not in this crate.");
      } else {
        out.text("description", "Read together with " + file.name() + ".");
      }
      contents(out, source);
    }
  }

  private static void contents(JsonLd out, Source source) throws IOException {
    String format = PartEntity.format(source.name());
    out.text("encodingFormat", format == null ? "text/plain" : format);
    if (source.bytes() != null) {
      out.text("contentSize", "" + source.bytes().length)
          .text("sha256", Digest.ofBytes(source.bytes()).hex());
    }
  }

  private String step(int index) {
    return CrateParts.id("step", told.steps().get(index).name());
  }

  private String tool(int index) {
    return CrateParts.id("job", told.steps().get(index).name());
  }

  private void step(JsonLd out, int index) throws IOException {
    Step step = told.steps().get(index);
    String what =
        step.instances() < 0 ? "" : "A group of " + step.instances() + " jobs, one per run.";
    String said = (step.description().strip() + " " + what).strip();
    out.entity(step(index), "HowToStep")
        .text("name", step.name())
        .text("description", said)
        .text("position", "" + (index + 1))
        .ref("workExample", tool(index));
    out.entity(tool(index), "SoftwareApplication")
        .text("name", step.name())
        .text("description", said);
  }

  /** What was made within a build is not what it was made from. */
  private void build(JsonLd out, Build build, List<Run> runs) throws IOException {
    SequencedSet<CratePart> made = new LinkedHashSet<>();
    SequencedSet<CratePart> read = new LinkedHashSet<>();
    Map<Integer, List<String>> steps = new TreeMap<>();
    for (Run run : runs) {
      made.addAll(run.products());
      read.addAll(run.needs());
      steps.computeIfAbsent(run.step(), _ -> new ArrayList<>()).add(action(run));
    }
    SequencedSet<CratePart> inside = new LinkedHashSet<>(made);
    made.forEach(part -> inside.addAll(part.members())); // of folders
    read.removeIf(part -> part.isIn(inside));
    String number = "" + build.number();
    String id = CrateParts.id("build", number);
    out.entity(id, "CreateAction")
        .text("name", "build " + number + " of " + told.name())
        .text(
            "description",
            "What it made that is the last result of its job; all else of it is not told.")
        .ref("instrument", workflow)
        .ref("agent", person);
    times(out, build.started(), build.ended());
    status(out, build.error());
    out.refs("object", CratePart.ids(read)).refs("result", CratePart.ids(made));
    List<String> controls = new ArrayList<>();
    steps.keySet().forEach(step -> controls.add(control(number, step)));
    out.entity(CrateParts.id("engine", number), "OrganizeAction")
        .text("name", "torc in build " + number)
        .ref("agent", person)
        .ref("instrument", TORC)
        .refs("object", controls)
        .ref("result", id);
    times(out, build.started(), build.ended());
    for (Map.Entry<Integer, List<String>> step : steps.entrySet()) {
      out.entity(control(number, step.getKey()), "ControlAction")
          .text("name", told.steps().get(step.getKey()).name() + " in build " + number)
          .ref("instrument", step(step.getKey()))
          .refs("object", step.getValue());
    }
  }

  private String control(String build, int step) {
    return CrateParts.id("control", build + "/" + told.steps().get(step).name());
  }

  private static String action(Run run) {
    return CrateParts.id("run", run.job());
  }

  private void run(JsonLd out, Run run) throws IOException {
    List<String> said = new ArrayList<>(run.command());
    if (!run.note().isEmpty()) {
      said.add("(" + run.note() + ")");
    }
    out.entity(action(run), "CreateAction")
        .text("name", run.job())
        .text("description", String.join("\n", said))
        .ref("instrument", tool(run.step()))
        .ref("agent", run.here() ? person : null);
    times(out, run.started(), run.ended());
    status(out, error(run));
    out.refs("object", CratePart.ids(run.needs()))
        .refs("result", CratePart.ids(run.products()))
        .refs("environment", CratePart.ids(run.around()))
        .refs("containerImage", CratePart.ids(run.images()));
  }

  private static String error(Run run) {
    return run.outcome().isGood()
        ? null
        : run.error().isEmpty() ? JsonWriter.lower(run.outcome()).replace('_', ' ') : run.error();
  }

  private static void status(JsonLd out, String error) throws IOException {
    // As a text: so the validator wants it.
    out.text("actionStatus", SCHEMA + (error == null ? "Completed" : "Failed") + "ActionStatus")
        .text("error", error);
  }

  private static void times(JsonLd out, long started, long ended) throws IOException {
    out.text("startTime", started > 0 ? time(started) : null)
        .text("endTime", ended > 0 ? time(ended) : null);
  }

  private static String time(long millis) {
    return TIME.format(Instant.ofEpochMilli(millis));
  }
}
