package dev.torc.session;

import dev.torc.buildfile.BuildFile;
import dev.torc.cache.BuildRecord;
import dev.torc.cache.Cache;
import dev.torc.cache.JobResult;
import dev.torc.cache.ManifestEntry;
import dev.torc.cache.Origin;
import dev.torc.cache.RecordedProduct;
import dev.torc.cache.RunDetails;
import dev.torc.cache.StoredValue;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.hash.Digest;
import dev.torc.hash.KnownDigest;
import dev.torc.hash.Stamp;
import dev.torc.machine.SafeText;
import dev.torc.plan.JobSelection;
import dev.torc.plan.Plan;
import dev.torc.plan.RunInputs;
import dev.torc.plan.RunInputs.Line;
import dev.torc.plan.Verdict;
import dev.torc.report.CratePart;
import dev.torc.report.CrateParts;
import dev.torc.report.OriginText;
import dev.torc.report.Provenance;
import dev.torc.report.Provenance.Build;
import dev.torc.report.Provenance.Run;
import dev.torc.report.Provenance.Source;
import dev.torc.report.Provenance.Step;
import dev.torc.report.ReasonText;
import dev.torc.syntax.JsonText;
import dev.torc.syntax.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Gathers where the results of a project come from: of each job the last run that is on record,
 * with the digests that the records have. It only looks; files are read for the verdicts alone,
 * where they changed since.
 *
 * @param torc the version that tells it
 */
public record CrateRequest(String torc) {

  /** The names under which a project's licence lies beside its build file. */
  private static final List<String> LICENCES =
      List.of(
          "LICENSE",
          "LICENSE.txt",
          "LICENSE.md",
          "LICENCE",
          "LICENCE.txt",
          "LICENCE.md",
          "COPYING");

  /** Bytes of a licence that are taken; the longest in use are a twentieth of it. */
  private static final long LICENCE = 1 << 20;

  /**
   * What is on record.
   *
   * @param warn takes lines for people
   */
  public Provenance answer(Project of, Consumer<String> warn) throws IOException {
    try (ReadSession look = ReadSession.at(of, warn)) {
      return new Gathering(look).provenance();
    }
  }

  /** One answer under way. */
  private final class Gathering {
    private final ReadSession look;
    private final Project project;
    private final Graph graph;
    private final Cache cache;
    private final JobSelection selection;
    private final Plan plan;
    private final CrateParts parts = new CrateParts();
    private final List<Run> runs = new ArrayList<>();

    Gathering(ReadSession look) throws IOException {
      this.look = look;
      this.project = look.project();
      this.graph = project.graph();
      this.cache = look.cache();
      this.selection = project.select(List.of());
      this.plan = look.plan(selection, false);
    }

    Provenance provenance() throws IOException {
      List<Step> steps = new ArrayList<>();
      Map<Integer, Integer> stepOf = new HashMap<>();
      for (DisplayGraph.Fold fold :
          DisplayGraph.of(graph, selection.jobs(), selection.open(), false).folds()) {
        fold.jobs().forEach(job -> stepOf.put(job, steps.size()));
        List<String> said =
            fold.jobs().stream().map(job -> graph.job(job).description()).distinct().toList();
        // Instances may have their values in it: then none of them is about the group.
        steps.add(
            new Step(
                fold.name(),
                said.size() == 1 ? said.getFirst() : "",
                fold.isGroup() ? fold.jobs().size() : -1));
      }
      for (int job : graph.inOrder(selection.jobs())) {
        run(job, stepOf.get(job));
      }
      parts.nest();
      return new Provenance(
          project.workflow().name(),
          project.workflow().description(),
          torc,
          System.currentTimeMillis(),
          person(),
          files(),
          licence(),
          steps,
          builds(),
          runs,
          parts,
          selection.jobs().cardinality(),
          selection.jobs().cardinality() - plan.upToDate());
    }

    private void run(int job, int step) {
      String name = graph.name(job);
      JobResult result = look.records().result(job);
      RunDetails details = result == null ? null : cache.details(name);
      if (details == null) {
        return;
      }
      SequencedSet<CratePart> products = new LinkedHashSet<>();
      result.products().forEach(product -> products.add(product(product)));
      if (result.outcome() == JobResult.Outcome.ADOPTED) {
        return; // nothing ran; what was there was accepted
      }
      if (result.outcome().isGood()) {
        for (StoredValue value : cache.data(name)) {
          products.add(value(name + "." + value.key(), JsonText.of(value.text()), null));
        }
      }
      // Of a run that torc was killed with, the lines are those of the run before.
      boolean known = details.started() > 0;
      Origin from = details.origin();
      boolean here = from == null || from.store().isEmpty();
      long started = from == null ? details.started() : from.time();
      RunInputs inputs = RunInputs.of(known ? details.manifest() : List.of());
      List<CratePart> around = new ArrayList<>();
      inputs.variables().forEach(line -> around.add(parts.variable(line.name(), line.value())));
      List<CratePart> images = new ArrayList<>();
      inputs.images().forEach(line -> images.add(parts.image(line.name(), line.digest())));
      runs.add(
          new Run(
              name,
              step,
              from != null && here ? from.build() : details.number(),
              here,
              result.outcome(),
              started,
              known ? started + result.wall() / 1_000_000 : 0,
              inputs.commands(),
              note(job, result, details),
              SafeText.line(details.what()),
              needs(inputs),
              products,
              around.stream().distinct().toList(),
              images.stream().distinct().toList()));
    }

    /** What has happened since. */
    private String note(int job, JobResult result, RunDetails details) {
      List<String> notes = new ArrayList<>();
      if (details.origin() != null) {
        notes.add(
            "restored in build " + details.number() + " from " + OriginText.of(details.origin()));
      }
      if (result.outcome().isGood()) {
        notes.add(state(plan.verdict(job)));
      }
      notes.removeIf(String::isEmpty);
      return String.join("; ", notes);
    }

    /** Whether it still is what a build would make. */
    private String state(Verdict verdict) {
      if (verdict instanceof Verdict.WillRun will) {
        return "no longer up to date: " + ReasonText.brief(will.reasons());
      }
      if (verdict instanceof Verdict.WillRestore will) {
        return "no longer up to date: " + ReasonText.brief(will.reasons());
      }
      if (verdict instanceof Verdict.MayRun may) {
        return "may be out of date: it waits for " + SafeText.name(graph.name(may.after()));
      }
      return verdict instanceof Verdict.WillFail will
          ? "cannot be made again: " + SafeText.line(will.what())
          : "";
    }

    private CratePart product(RecordedProduct product) {
      String digest = new Line("", product.digest().hex()).digest();
      return product.kind() == Stamp.Kind.FOLDER
          ? parts.folder(product.path(), digest)
          : file(product.path(), digest);
    }

    /** The size is known where the file is still the one that the digest is of. */
    private CratePart file(String path, String digest) {
      long size = size(cache.stamp(path), digest);
      return parts.file(path, digest, size < 0 ? size(look.digests().last(path), digest) : size);
    }

    private static long size(KnownDigest known, String digest) {
      boolean same = known != null && known.digest() != null && known.digest().hex().equals(digest);
      return same ? known.stamp().size() : -1;
    }

    private CratePart value(String name, String json, String digest) {
      return parts.value(name, json, json == null ? digest : Digest.ofText(json).hex());
    }

    private SequencedSet<CratePart> needs(RunInputs inputs) {
      SequencedSet<CratePart> needs = new LinkedHashSet<>();
      for (Line line : inputs.files()) {
        if (line.digest() != null) {
          needs.add(file(line.name(), line.digest()));
        }
      }
      for (Line line : inputs.lists()) {
        if (line.digest() != null) {
          needs.add(list(line));
        }
      }
      for (Line line : inputs.data()) {
        if (line.json() != null || line.digest() != null) {
          needs.add(value(line.name(), line.json(), line.digest()));
        }
      }
      for (Line line : inputs.tools()) {
        if (line.digest() != null) {
          needs.add(parts.tool(line.name(), line.digest()));
        }
      }
      return needs;
    }

    /** Its members are read once for all its readers. */
    private CratePart list(Line line) {
      CratePart list = parts.list(line.name(), line.digest());
      if (list.members().isEmpty()) {
        List<ManifestEntry> stored = look.records().list(Digest.ofHex(line.digest()));
        if (stored != null) {
          RunInputs.members(stored)
              .forEach(member -> list.members().add(file(member.name(), member.digest())));
        }
      }
      return list;
    }

    /** Those of the runs. Of one that is not in the history any more, the runs tell the times. */
    private List<Build> builds() {
      TreeMap<Long, long[]> times = new TreeMap<>();
      for (Run run : runs) {
        long[] time = times.computeIfAbsent(run.build(), _ -> new long[2]);
        if (run.started() > 0) {
          time[0] = time[0] == 0 ? run.started() : Math.min(time[0], run.started());
          time[1] = Math.max(time[1], run.ended());
        }
      }
      Map<Long, BuildRecord> records = new HashMap<>();
      for (BuildRecord record : cache.builds(Integer.MAX_VALUE)) {
        if (times.containsKey(record.id().number())) {
          records.put(record.id().number(), record);
        }
      }
      List<Build> builds = new ArrayList<>();
      times.forEach((number, time) -> builds.add(build(number, time, records.get(number))));
      return builds;
    }

    private static Build build(long number, long[] time, BuildRecord record) {
      if (record == null) {
        return new Build(number, time[0], time[1], null);
      }
      if (record.nanos() < 0) {
        return new Build(
            number,
            record.started(),
            time[1],
            "it has not ended, or was killed: its end is not on record");
      }
      return new Build(
          number,
          record.started(),
          record.started() + record.nanos() / 1_000_000,
          record.exit() == 0 ? null : "exit status " + record.exit());
    }

    /** Where a group writes, any of its members may have been the one. */
    private String person() {
      Path own = project.folder();
      if (project.place().group() != null || !Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)) {
        return null;
      }
      try {
        String name = Files.getOwner(own, LinkOption.NOFOLLOW_LINKS).getName();
        return name.chars().allMatch(Character::isDigit) ? null : name; // a number names nobody
      } catch (IOException | UnsupportedOperationException e) {
        return null; // it only adds to what is told
      }
    }

    private List<Source> files() throws IOException {
      Path root = project.workflow().root();
      List<Source> files = new ArrayList<>();
      for (Path file : project.workflow().files()) {
        boolean first = files.isEmpty();
        byte[] input = project.keeper().input();
        if (first && input != null && file.endsWith(BuildFile.INPUT)) {
          files.add(new Source(BuildFile.NAMES.getFirst(), input));
        } else if (first || file.startsWith(root)) {
          String name =
              file.startsWith(root) ? root.relativize(file) + "" : file.getFileName() + "";
          files.add(new Source(name, SourceFile.bytes(file, name)));
        } else {
          files.add(new Source(file.toString(), null));
        }
      }
      return files;
    }

    private Source licence() throws IOException {
      for (String name : LICENCES) {
        Path file = project.workflow().root().resolve(name);
        if (Files.isRegularFile(file) && Files.isReadable(file) && Files.size(file) <= LICENCE) {
          return new Source(name, Files.readAllBytes(file));
        }
      }
      return null;
    }
  }
}
