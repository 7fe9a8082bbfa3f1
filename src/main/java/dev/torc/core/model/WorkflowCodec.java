package dev.torc.core.model;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.digests.StampSource.StampPaths;
import dev.torc.base.posix.Stop;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.ShellText.Quote;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Job.Labels;
import dev.torc.core.model.Job.Links;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Job.Retry;
import dev.torc.core.model.Job.Runs;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.SchedulerSettings.BatchBounds;
import dev.torc.core.model.SchedulerSettings.Commands;
import dev.torc.core.model.SchedulerSettings.Fact;
import dev.torc.core.model.SchedulerSettings.SbatchOptions;
import dev.torc.core.model.Step.Image;
import dev.torc.core.model.Template.Part.Slot;
import dev.torc.core.model.Workflow.About;
import dev.torc.core.model.Workflow.Apart;
import dev.torc.core.model.Workflow.Executor;
import dev.torc.core.model.Workflow.Hook;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.core.model.Workflow.MadeFile;
import dev.torc.core.model.Workflow.PackageFile;
import dev.torc.core.model.Workflow.ReadFiles;
import dev.torc.core.model.Workflow.ReportFile;
import dev.torc.core.model.Workflow.ReportFiles;
import dev.torc.core.model.Workflow.Settings;
import dev.torc.core.model.Workflow.Stores;
import dev.torc.core.model.Workflow.Stores.SharedEntry;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes a workflow as bytes and reads it, so that its build files need not be parsed again. {@link
 * Wire} allows one description of each record for both directions. Jobs are written one by one, so
 * that each can be read on its own. {@code GraphFile} knows whether the bytes are still valid.
 */
public final class WorkflowCodec {

  private static final List<Class<? extends Ref>> KINDS =
      List.of(
          Ref.OfFile.class,
          Ref.OfFolder.class,
          Ref.OfGlob.class,
          Ref.Exclude.class,
          Ref.OfJob.class,
          Ref.OfData.class);

  private static final Quote[] QUOTES = Quote.values();
  private static final Image.Pull[] PULLS = Image.Pull.values();
  private static final Retry.Cause[] CAUSES = Retry.Cause.values();

  private static final Job.Trait[] TRAITS = Job.Trait.values();
  private static final Job.Caching[] CACHING = Job.Caching.values();
  private static final Hook.On[] ONS = Hook.On.values();

  private final Map<String, Integer> numbers = new HashMap<>();
  private volatile String[] shared; // one thread writes, others may read
  private int size;
  private Resources last; // most jobs have the same
  private final LongAdder reads = new LongAdder();

  /** Creates a codec for writing, which collects the shared texts. */
  public WorkflowCodec() {
    this.shared = new String[16];
  }

  /** Creates a codec for reading what was written with these shared texts. */
  public WorkflowCodec(List<String> shared) {
    this.shared = shared.toArray(String[]::new);
    this.size = shared.size();
  }

  /** Returns a codec for writing in which all numbers of this one mean the same. */
  public WorkflowCodec more() {
    WorkflowCodec more = new WorkflowCodec();
    shared().forEach(more::number);
    return more;
  }

  /** Returns the shared texts, which are stored beside the bytes. */
  public List<String> shared() {
    return List.of(Arrays.copyOf(shared, size));
  }

  /** Returns the number that stands for a text in records; the text itself is written once. */
  int number(String text) {
    Integer known = numbers.putIfAbsent(text, size);
    if (known != null) {
      return known;
    }
    String[] texts = size < shared.length ? shared : Arrays.copyOf(shared, 2 * size);
    texts[size] = text;
    shared = texts;
    return size++;
  }

  String text(int number) {
    return shared[number];
  }

  /** Writes a workflow without its jobs; all instances of its groups must be known. */
  public void workflow(ByteWriter out, Workflow workflow) {
    workflow(new Wire(out, out, this), workflow, workflow.root().getFileSystem(), workflow.jobs());
  }

  public Workflow workflow(ByteReader in, FileSystem files, List<Job> jobs) {
    return workflow(new Wire(in, in, this), null, files, jobs);
  }

  private Workflow workflow(Wire wire, Workflow of, FileSystem files, List<Job> jobs) {
    Wire.Codec<Path> path = (to, each) -> files.getPath(to.text(each, Path::toString));
    return new Workflow(
        wire.one(of, Workflow::root, path),
        settings(wire, of == null ? null : of.settings(), path),
        jobs,
        wire.list(of, Workflow::groups, WorkflowCodec::group),
        wire.list(of, Workflow::starts, Wire.INT),
        wire.list(of, Workflow::warnings, WorkflowCodec::diagnostic),
        new Apart(
            wire.list(of, Workflow::manual, Wire.TEXT),
            // the JVM links lambdas at each start, so those of a rare case are behind a test
            wire.number(of == null ? 0 : of.leftOut().size()) == 0
                ? Collections.emptySortedMap()
                : wire.map(of, Workflow::leftOut, this::leftOut)));
  }

  private static Settings settings(Wire wire, Settings of, Wire.Codec<Path> path) {
    return new Settings(
        new ReadFiles(
            wire.list(of, Settings::files, path),
            wire.list(of, s -> s.sources().ofVars(), path),
            wire.number(of == null ? 0 : of.packages().size()) == 0 // as above
                ? List.of()
                : wire.list(of, Settings::packages, (to, each) -> packageFile(to, each, path)),
            wire.number(of == null ? 0 : of.made().size()) == 0
                ? List.of()
                : wire.list(of, Settings::made, WorkflowCodec::madeFile)),
        new About(wire.text(of, Settings::name), wire.text(of, Settings::description)),
        wire.map(of, Settings::limits, Wire.LONG),
        wire.list(of, Settings::roots, path),
        wire.list(of, Settings::usual, Wire.TEXT),
        wire.map(of, Settings::data, Wire.TEXT),
        wire.list(of, Settings::hooks, WorkflowCodec::hook),
        wire.list(of, Settings::executors, WorkflowCodec::executor),
        wire.one(of, Settings::stores, WorkflowCodec::stores),
        new StampPaths(
            wire.list(of, s -> s.stamps().never(), path),
            wire.list(of, s -> s.stamps().trust(), path)),
        new ReportFiles(
            wire.list(of, s -> s.report().files(), WorkflowCodec::reportFile),
            wire.number(of == null ? 0 : of.report().embed())));
  }

  private static MadeFile madeFile(Wire wire, MadeFile of) {
    return new MadeFile(
        wire.one(of, MadeFile::place, Wire::place),
        wire.text(of, MadeFile::path),
        wire.flag(of, MadeFile::read));
  }

  private static PackageFile packageFile(Wire wire, PackageFile of, Wire.Codec<Path> path) {
    return new PackageFile(
        wire.text(of, PackageFile::prefix),
        wire.one(of, PackageFile::file, path),
        wire.text(of, PackageFile::folder),
        wire.list(of, PackageFile::usual, Wire.TEXT),
        wire.flag(of, PackageFile::apart));
  }

  /**
   * Returns a job as bytes: the length of the part without places, that part, then the places. A
   * job that only moved to other lines differs only in its places.
   */
  public byte[] packed(Job job) {
    ByteWriter places = new ByteWriter(0);
    ByteWriter says = new ByteWriter(0);
    job(new Wire(says, places, this), job);
    ByteWriter out = new ByteWriter(0);
    out.number(says.length());
    out.add(says, places);
    return out.bytes();
  }

  /** Returns the part of a packed job without its places. */
  ByteReader says(ByteReader in) {
    return in.part(in.small());
  }

  public String name(ByteReader in) {
    return says(in).text();
  }

  Labels labels(ByteReader in) {
    ByteReader says = says(in);
    says.text();
    return labels(new Wire(says, null, this), null);
  }

  public Job job(ByteReader in) {
    reads.increment();
    ByteReader says = says(in);
    return job(new Wire(says, in, this), null);
  }

  /** Returns the links of a packed job without what follows them. */
  Links links(ByteReader in) {
    ByteReader says = says(in);
    Wire wire = new Wire(says, in, this);
    says.text();
    labels(wire, null);
    wire.place(null);
    return links(wire, null);
  }

  public long reads() {
    return reads.sum();
  }

  Job unplaced(ByteReader in) {
    return job(new Wire(says(in), null, this), null);
  }

  /** Returns whether each number that both codecs have means the same text in both. */
  boolean agrees(WorkflowCodec other) {
    int both = Math.min(size, other.size);
    return Arrays.equals(shared, 0, both, other.shared, 0, both);
  }

  private Job job(Wire wire, Job of) {
    return new Job(
        wire.text(of, Job::name),
        wire.one(of, Job::labels, WorkflowCodec::labels), // they follow the name: see `labels`
        wire.one(of, Job::place, Wire::place),
        wire.one(of, Job::links, WorkflowCodec::links),
        wire.one(of, Job::runs, this::runs),
        wire.set(of, Job::traits, TRAITS),
        wire.map(of, Job::extras, WorkflowCodec::extra));
  }

  private LeftOutJob leftOut(Wire wire, LeftOutJob of) {
    return new LeftOutJob(wire.one(of, LeftOutJob::job, this::job), wire.text(of, LeftOutJob::why));
  }

  private Runs runs(Wire wire, Runs of) {
    return new Runs(
        wire.list(of, Runs::steps, WorkflowCodec::step),
        wire.list(of, Runs::executors, Wire.SHARED),
        sharedResources(wire.one(of, Runs::resources, WorkflowCodec::resources)),
        wire.small(of, Runs::priority),
        wire.one(of, Runs::retry, WorkflowCodec::retry),
        wire.one(of, Runs::stop, WorkflowCodec::stop),
        sorted(wire.list(of, each -> List.copyOf(each.skip()), Wire.INT)));
  }

  private static SortedSet<Integer> sorted(List<Integer> numbers) {
    return numbers.isEmpty() ? Collections.emptySortedSet() : new TreeSet<>(numbers);
  }

  private static Links links(Wire wire, Links of) {
    return new Links(
        wire.list(of, Links::needs, WorkflowCodec::item),
        wire.list(of, Links::produces, WorkflowCodec::item),
        wire.list(of, Links::after, (to, ref) -> (Ref.OfJob) ref(to, ref)),
        wire.list(of, Links::tools, WorkflowCodec::tool),
        wire.text(of, Links::depfile),
        wire.constant(of, Links::caching, CACHING));
  }

  private static Labels labels(Wire wire, Labels of) {
    return new Labels(
        wire.list(of, Labels::tags, Wire.TEXT),
        wire.text(of, Labels::description),
        wire.text(of, Labels::group),
        wire.map(of, Labels::parameters, Wire.TEXT));
  }

  private Resources sharedResources(Resources read) {
    Resources before = last;
    return before != null && read.isLike(before) ? before : (last = read);
  }

  private static Step step(Wire wire, Step of) {
    return new Step(
        wire.one(of, Step::command, WorkflowCodec::command),
        wire.text(of, Step::dir),
        wire.map(of, Step::env, WorkflowCodec::given),
        wire.list(of, Step::shell, Wire.SHARED),
        wire.maybe(of, Step::image, WorkflowCodec::image));
  }

  private static Optional<Template> given(Wire wire, Optional<Template> of) {
    return Optional.ofNullable(wire.maybe(of, each -> each.orElse(null), WorkflowCodec::template));
  }

  private static Step.Command command(Wire wire, Step.Command of) {
    boolean shell = wire.flag(of, each -> each instanceof Step.Command.Shell);
    List<Template> templates = wire.list(of, Step.Command::templates, WorkflowCodec::template);
    return shell ? new Step.Command.Shell(templates.getFirst()) : new Step.Command.Words(templates);
  }

  private static Image image(Wire wire, Image of) {
    return new Image(
        wire.shared(of, Image::name),
        (Ref.OfFile) wire.maybe(of, Image::file, WorkflowCodec::ref),
        wire.text(of, Image::runtime),
        wire.flag(of, Image::wish),
        wire.list(of, Image::volumes, Wire.SHARED),
        wire.list(of, Image::args, Wire.SHARED),
        wire.constant(of, Image::pull, PULLS),
        wire.text(of, Image::images));
  }

  private static Extra extra(Wire wire, Extra of) {
    return new Extra(
        wire.one(of, Extra::text, WorkflowCodec::template), wire.shared(of, Extra::effect));
  }

  private static Template template(Wire wire, Template of) {
    return new Template(wire.list(of, Template::parts, WorkflowCodec::part));
  }

  private static Template.Part part(Wire wire, Template.Part of) {
    if (!wire.flag(of, each -> each instanceof Slot)) {
      return new Template.Part.Text(wire.text((Template.Part.Text) of, Template.Part.Text::text));
    }
    Slot slot = (Slot) of;
    return new Slot(
        wire.shared(slot, Slot::name),
        wire.small(slot, Slot::index),
        wire.text(slot, Slot::member),
        wire.text(slot, Slot::format),
        wire.constant(slot, Slot::quote, QUOTES),
        wire.one(slot, Slot::place, Wire::place));
  }

  private static ReportFile reportFile(Wire wire, ReportFile of) {
    return new ReportFile(
        wire.text(of, ReportFile::title),
        wire.text(of, ReportFile::caption),
        wire.one(of, ReportFile::ref, WorkflowCodec::ref));
  }

  private static Item item(Wire wire, Item of) {
    return new Item(
        wire.text(of, Item::name),
        wire.one(of, Item::place, Wire::place),
        wire.list(of, Item::refs, WorkflowCodec::ref));
  }

  private static Ref ref(Wire wire, Ref of) {
    Place place = wire.one(of, Ref::place, Wire::place);
    return switch (wire.small(of, ref -> KINDS.indexOf(ref.getClass()))) {
      case 0 ->
          new Ref.OfFile(
              place,
              wire.text((Ref.OfFile) of, Ref.OfFile::path),
              wire.flag(of, Ref::optional),
              wire.list((Ref.OfFile) of, Ref.OfFile::keys, Wire.TEXT),
              wire.flag(of, Ref::nonEmpty));
      case 1 ->
          new Ref.OfFolder(
              place,
              wire.text((Ref.OfFolder) of, Ref.OfFolder::path),
              wire.list((Ref.OfFolder) of, Ref.OfFolder::excludes, Wire.GLOB),
              wire.flag(of, Ref::optional),
              wire.flag(of, Ref::nonEmpty));
      case 2 ->
          new Ref.OfGlob(
              place,
              wire.text((Ref.OfGlob) of, Ref.OfGlob::pattern),
              wire.list((Ref.OfGlob) of, Ref.OfGlob::excludes, Wire.GLOB),
              wire.flag(of, Ref::optional),
              wire.flag(of, Ref::nonEmpty));
      case 3 -> new Ref.Exclude(place, wire.text((Ref.Exclude) of, Ref.Exclude::pattern));
      case 4 -> {
        String job = wire.text((Ref.OfJob) of, Ref.OfJob::job);
        int flags =
            wire.small(
                (Ref.OfJob) of,
                ref -> (ref.skips() ? 1 : 0) + (ref.optional() ? 2 : 0) + (ref.rows() ? 4 : 0));
        String product = wire.text((Ref.OfJob) of, Ref.OfJob::product);
        yield new Ref.OfJob(
            place, job, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, product);
      }
      default ->
          new Ref.OfData(
              place,
              wire.text((Ref.OfData) of, Ref.OfData::job),
              wire.text((Ref.OfData) of, Ref.OfData::key),
              wire.flag((Ref.OfData) of, Ref.OfData::skips));
    };
  }

  private static Tool tool(Wire wire, Tool of) {
    return new Tool(
        wire.one(of, Tool::place, Wire::place),
        wire.shared(of, Tool::name),
        wire.list(of, Tool::paths, Wire.SHARED),
        wire.maybe(of, Tool::search, WorkflowCodec::template),
        wire.shared(of, Tool::dir));
  }

  private static Resources resources(Wire wire, Resources of) {
    return new Resources(
        wire.small(of, Resources::askedCpus),
        wire.number(of, Resources::memory),
        wire.number(of, Resources::askedGpus),
        wire.number(of, Resources::runtime),
        wire.map(of, Resources::counters, Wire.LONG),
        wire.number(of, Resources::disk),
        wire.small(of, Resources::nodes),
        wire.one(of, Resources::place, Wire::place));
  }

  private static Retry retry(Wire wire, Retry of) {
    if (wire.flag(of, each -> each == Retry.NONE)) {
      return Retry.NONE;
    }
    return new Retry(
        wire.small(of, Retry::retries),
        Set.copyOf(wire.list(of, each -> List.copyOf(each.exitCodes()), Wire.INT)),
        wire.set(of, Retry::on, CAUSES),
        wire.number(of, Retry::delay),
        Double.longBitsToDouble(
            wire.number(of, each -> Double.doubleToLongBits(each.growMemory()))),
        Double.longBitsToDouble(
            wire.number(of, each -> Double.doubleToLongBits(each.growRuntime()))),
        wire.maybe(of, Retry::recover, WorkflowCodec::template));
  }

  private static Stop stop(Wire wire, Stop of) {
    return wire.flag(of, stop -> stop.signal() == 0 && stop.grace() < 0) // equals loads a class
        ? Stop.USUAL
        : new Stop(wire.small(of, Stop::signal), wire.number(of, Stop::grace));
  }

  private static Group group(Wire wire, Group of) {
    return new Group(
        wire.text(of, Group::name),
        wire.one(of, Group::place, Wire::place),
        wire.list(of, Group::parameters, Wire.TEXT),
        wire.list(of, Group::instances, Wire.TEXT),
        new Group.Further(
            List.of(),
            List.of(),
            wire.list(of, group -> group.further().products(), WorkflowCodec::ref),
            List.of(),
            false),
        new Group.Sources(
            wire.list(of, group -> group.sources().tables(), Wire.TEXT),
            wire.text(of, group -> group.sources().nothing()),
            wire.list(of, group -> group.sources().warnings(), WorkflowCodec::diagnostic),
            wire.flag(of, group -> group.sources().found()),
            new Group.Columns(
                wire.small(of, group -> group.sources().columns().count()),
                wire.flag(of, group -> group.sources().columns().fewest()),
                wire.list(of, group -> group.sources().columns().alike(), Wire::place))),
        wire.list(of, Group::tags, Wire.TEXT));
  }

  private static BadInput.Diagnostic diagnostic(Wire wire, BadInput.Diagnostic of) {
    return new BadInput.Diagnostic(
        wire.one(of, BadInput.Diagnostic::place, Wire::place),
        wire.text(of, BadInput.Diagnostic::message));
  }

  private static Hook hook(Wire wire, Hook of) {
    return new Hook(
        wire.one(of, Hook::place, Wire::place),
        wire.constant(of, Hook::on, ONS),
        wire.text(of, Hook::job),
        wire.text(of, Hook::command),
        wire.list(of, Hook::shell, Wire.SHARED),
        wire.flag(of, Hook::required));
  }

  private static Stores stores(Wire wire, Stores of) {
    return new Stores(
        wire.number(of, Stores::keep),
        wire.text(of, Stores::system),
        wire.list(of, Stores::shared, WorkflowCodec::sharedEntry));
  }

  private static SharedEntry sharedEntry(Wire wire, SharedEntry of) {
    return new SharedEntry(
        wire.one(of, SharedEntry::place, Wire::place),
        wire.text(of, SharedEntry::path),
        wire.text(of, SharedEntry::group),
        wire.number(of, SharedEntry::keep),
        wire.text(of, SharedEntry::url),
        wire.map(of, SharedEntry::headers, Wire.TEXT),
        wire.text(of, SharedEntry::key),
        wire.list(of, SharedEntry::trust, Wire.TEXT));
  }

  private static Executor executor(Wire wire, Executor of) {
    return new Executor(
        wire.one(of, Executor::place, Wire::place),
        wire.one(of, Executor::settings, WorkflowCodec::settings),
        wire.flag(of, Executor::trace));
  }

  private static SchedulerSettings settings(Wire wire, SchedulerSettings of) {
    return new SchedulerSettings(
        wire.text(of, SchedulerSettings::name),
        wire.text(of, SchedulerSettings::jobName),
        wire.text(of, SchedulerSettings::before),
        new SbatchOptions(
            wire.text(of, each -> each.sbatch().account()),
            wire.text(of, each -> each.sbatch().partition()),
            wire.list(of, each -> each.sbatch().args(), Wire.TEXT),
            wire.flag(of, each -> each.sbatch().shards())),
        new BatchBounds(
            wire.small(of, each -> each.bounds().maxJobs()),
            wire.number(of, each -> each.bounds().batch()),
            wire.number(of, each -> each.bounds().maxRuntime())),
        wire.number(of, SchedulerSettings::latency),
        wire.maybe(of, SchedulerSettings::commands, WorkflowCodec::commands));
  }

  private static Commands commands(Wire wire, Commands of) {
    return new Commands(
        wire.text(of, Commands::submit),
        wire.text(of, Commands::states),
        wire.text(of, Commands::cancel),
        wire.text(of, Commands::id),
        wire.text(of, Commands::separator),
        words(wire, of),
        wire.map(of, Commands::settings, Wire.TEXT));
  }

  private static Map<Fact, List<String>> words(Wire wire, Commands of) {
    Map<Fact, List<String>> words = new EnumMap<>(Fact.class);
    for (Fact word : Fact.values()) {
      words.put(word, wire.list(of, each -> each.words().getOrDefault(word, List.of()), Wire.TEXT));
    }
    return words;
  }
}
