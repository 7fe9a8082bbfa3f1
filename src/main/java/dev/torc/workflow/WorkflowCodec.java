package dev.torc.workflow;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.exec.SchedulerSettings;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import dev.torc.syntax.Quote;
import java.nio.file.FileSystem;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A workflow as bytes, so that it need not be read from its build files again: exactly the records
 * that reading them gave. Jobs are written one by one, so that each can be read by itself. Texts
 * that most jobs share are written once. It does not know whether the bytes are still good; {@code
 * GraphFile} does.
 */
public final class WorkflowCodec {

  private static final Quote[] QUOTES = Quote.values();

  private static final Image.Pull[] PULLS = Image.Pull.values();
  private static final Retry.Cause[] CAUSES = Retry.Cause.values();
  private static final SchedulerSettings.Word[] WORDS = SchedulerSettings.Word.values();
  private static final Caching[] CACHING = Caching.values();
  private static final Hook.On[] ONS = Hook.On.values();

  private final List<String> shared;
  private Resources last; // most jobs take the same
  private final Map<String, Integer> numbers = new HashMap<>();

  /** For writing: gathers the shared texts. */
  public WorkflowCodec() {
    this.shared = new CopyOnWriteArrayList<>(); // one thread writes, others may read
  }

  /** For reading what was written with these shared texts. */
  public WorkflowCodec(List<String> shared) {
    this.shared = shared;
  }

  /** The texts that were written once; to be kept beside what was written. */
  public List<String> shared() {
    return shared;
  }

  private void shared(ByteWriter out, String text) {
    Integer number = numbers.putIfAbsent(text, shared.size());
    if (number == null) {
      number = shared.size();
      shared.add(text);
    }
    out.number(number);
  }

  private String shared(ByteReader in) {
    return shared.get(in.small());
  }

  /** Writes a workflow but for its jobs; of its groups all instances must be known. */
  public void workflow(ByteWriter out, Workflow workflow) {
    out.text(workflow.root().toString());
    out.list(workflow.files(), (to, file) -> to.text(file.toString()));
    out.text(workflow.name());
    out.text(workflow.description());
    out.map(workflow.limits(), ByteWriter::number);
    out.list(workflow.roots(), (to, root) -> to.text(root.toString()));
    out.list(workflow.groups(), this::group);
    out.list(workflow.starts(), (to, start) -> to.number(start));
    out.map(workflow.data(), ByteWriter::text);
    out.list(workflow.hooks(), this::hook);
    out.list(workflow.executors(), this::executor);
    out.number(workflow.stores().keep());
    out.text(workflow.stores().system());
    out.list(workflow.stores().shared(), this::sharedEntry);
    out.list(workflow.warnings(), this::said);
    out.list(workflow.manual(), ByteWriter::text);
  }

  private void sharedEntry(ByteWriter out, SharedEntry entry) {
    place(out, entry.place());
    out.text(entry.path());
    out.text(entry.group());
    out.text(entry.url());
    out.map(entry.headers(), ByteWriter::text);
    out.text(entry.key());
    out.list(entry.trust(), ByteWriter::text);
  }

  private SharedEntry sharedEntry(ByteReader in) {
    return new SharedEntry(
        place(in),
        in.text(),
        in.text(),
        in.text(),
        in.map(ByteReader::text),
        in.text(),
        in.list(ByteReader::text));
  }

  private void said(ByteWriter out, BadInput.Diagnostic said) {
    place(out, said.place());
    out.text(said.message());
  }

  private BadInput.Diagnostic said(ByteReader in) {
    return new BadInput.Diagnostic(place(in), in.text());
  }

  /** Reads it back, with these jobs. */
  public Workflow workflow(ByteReader in, FileSystem files, List<Job> jobs) {
    return new Workflow(
        files.getPath(in.text()),
        in.list(from -> files.getPath(from.text())),
        in.text(),
        in.text(),
        in.map(ByteReader::number),
        in.list(from -> files.getPath(from.text())),
        jobs,
        in.list(this::group),
        in.list(ByteReader::small),
        in.map(ByteReader::text),
        in.list(this::hook),
        in.list(this::executor),
        new Stores(in.number(), in.text(), in.list(this::sharedEntry)),
        in.list(this::said),
        in.list(ByteReader::text));
  }

  /** A job as bytes of its own. */
  public byte[] packed(Job job) {
    ByteWriter out = new ByteWriter(0);
    job(out, job);
    return out.bytes();
  }

  /** Writes a job. */
  public void job(ByteWriter out, Job job) {
    out.text(job.name());
    place(out, job.place());
    out.list(job.steps(), this::step);
    out.list(job.needs(), this::item);
    out.list(job.produces(), this::item);
    out.list(job.after(), this::ref);
    out.list(job.tools(), this::tool);
    resources(out, job.resources());
    retry(out, job.retry());
    out.text(job.depfile());
    out.flag(job.trace());
    out.flag(job.strict());
    out.flag(job.persist());
    out.flag(job.temporary());
    out.flag(job.deletes());
    out.flag(job.always());
    out.flag(job.interactive());
    out.flag(job.manual());
    out.flag(job.allowFailure());
    out.number(job.caching().ordinal());
    out.flag(job.showsOutput());
    out.number(job.priority());
    out.list(job.tags(), ByteWriter::text);
    out.text(job.description());
    out.text(job.executor());
    out.text(job.group());
    out.map(job.parameters(), ByteWriter::text);
  }

  /** Reads the name of a job, and nothing else of it. */
  public String name(ByteReader in) {
    return in.text();
  }

  /** Reads a job back. */
  public Job job(ByteReader in) {
    return new Job(
        in.text(),
        place(in),
        in.list(this::step),
        in.list(this::item),
        in.list(this::item),
        in.list(from -> (Ref.OfJob) ref(from)),
        in.list(this::tool),
        resources(in),
        retry(in),
        in.text(),
        in.flag(),
        in.flag(),
        in.flag(),
        in.flag(),
        in.flag(),
        in.flag(),
        in.flag(),
        in.flag(),
        in.flag(),
        CACHING[in.small()],
        in.flag(),
        in.small(),
        in.list(ByteReader::text),
        in.text(),
        in.text(),
        in.text(),
        in.map(ByteReader::text));
  }

  private void place(ByteWriter out, Place place) {
    shared(out, place.file());
    out.number(place.line());
    out.number(place.column());
  }

  private Place place(ByteReader in) {
    return new Place(shared(in), in.small(), in.small());
  }

  private void step(ByteWriter out, Step step) {
    switch (step.command()) {
      case Step.Command.Shell shell -> {
        out.flag(true);
        template(out, shell.text());
      }
      case Step.Command.Words words -> {
        out.flag(false);
        out.list(words.words(), this::template);
      }
    }
    out.text(step.dir());
    out.list(List.copyOf(step.env().keySet()), this::shared);
    for (Optional<Template> value : step.env().values()) {
      out.flag(value.isPresent());
      value.ifPresent(text -> template(out, text));
    }
    out.list(step.shell(), this::shared);
    image(out, step.image());
  }

  private void image(ByteWriter out, Image image) {
    out.flag(image != null);
    if (image != null) {
      shared(out, image.name());
      out.flag(image.file() != null);
      if (image.file() != null) {
        place(out, image.file().place());
      }
      out.text(image.runtime());
      out.flag(image.wish());
      out.list(image.volumes(), this::shared);
      out.list(image.args(), this::shared);
      out.one(image.pull().ordinal());
      out.text(image.images());
    }
  }

  private Image image(ByteReader in) {
    if (!in.flag()) {
      return null;
    }
    String name = shared(in);
    return new Image(
        name,
        in.flag() ? new Ref.OfFile(place(in), name) : null,
        in.text(),
        in.flag(),
        in.list(this::shared),
        in.list(this::shared),
        PULLS[in.one()],
        in.text());
  }

  private Step step(ByteReader in) {
    Step.Command command =
        in.flag()
            ? new Step.Command.Shell(template(in))
            : new Step.Command.Words(in.list(this::template));
    String dir = in.text();
    SortedMap<String, Optional<Template>> env = new TreeMap<>();
    for (String name : in.list(this::shared)) {
      env.put(name, in.flag() ? Optional.of(template(in)) : Optional.empty());
    }
    return new Step(command, dir, env, in.list(this::shared), image(in));
  }

  private void template(ByteWriter out, Template template) {
    out.list(
        template.parts(),
        (to, part) -> {
          switch (part) {
            case Template.Part.Text text -> {
              to.flag(false);
              to.text(text.text());
            }
            case Template.Part.Slot slot -> {
              to.flag(true);
              shared(to, slot.name());
              to.number(slot.index());
              to.text(slot.member());
              to.one(slot.quote().ordinal());
              place(to, slot.place());
            }
          }
        });
  }

  private Template template(ByteReader in) {
    return new Template(
        in.list(
            from ->
                from.flag()
                    ? new Template.Part.Slot(
                        shared(from), from.small(), from.text(), QUOTES[from.one()], place(from))
                    : new Template.Part.Text(from.text())));
  }

  private void item(ByteWriter out, Item item) {
    out.text(item.name());
    place(out, item.place());
    out.list(item.refs(), this::ref);
  }

  private Item item(ByteReader in) {
    return new Item(in.text(), place(in), in.list(this::ref));
  }

  private void ref(ByteWriter out, Ref ref) {
    place(out, ref.place());
    switch (ref) {
      case Ref.OfFile file -> ref(out, 0, file.path());
      case Ref.OfFolder folder -> ref(out, 1, folder.path());
      case Ref.OfGlob glob -> ref(out, 2, glob.pattern());
      case Ref.Exclude exclude -> ref(out, 3, exclude.pattern());
      case Ref.OfJob job -> ref(out, job.skips() ? 6 : 4, job.job());
      case Ref.OfData data -> {
        ref(out, 5, data.job());
        out.text(data.key());
      }
    }
  }

  private static void ref(ByteWriter out, int kind, String text) {
    out.one(kind);
    out.text(text);
  }

  private Ref ref(ByteReader in) {
    Place place = place(in);
    int kind = in.one();
    String text = in.text();
    return switch (kind) {
      case 0 -> new Ref.OfFile(place, text);
      case 1 -> new Ref.OfFolder(place, text);
      case 2 -> new Ref.OfGlob(place, text);
      case 3 -> new Ref.Exclude(place, text);
      case 4, 6 -> new Ref.OfJob(place, text, kind == 6);
      case 5 -> new Ref.OfData(place, text, in.text());
      default -> throw new IllegalArgumentException("no kind of reference: " + kind);
    };
  }

  private void tool(ByteWriter out, Tool tool) {
    place(out, tool.place());
    shared(out, tool.name());
    out.list(tool.paths(), this::shared);
    out.flag(tool.search() != null);
    if (tool.search() != null) {
      template(out, tool.search());
    }
    shared(out, tool.dir());
  }

  private Tool tool(ByteReader in) {
    return new Tool(
        place(in), shared(in), in.list(this::shared), in.flag() ? template(in) : null, shared(in));
  }

  private void resources(ByteWriter out, Resources resources) {
    out.number(resources.askedCpus());
    out.number(resources.memory());
    out.number(resources.gpus());
    out.number(resources.runtime());
    out.map(resources.counters(), ByteWriter::number);
    out.number(resources.disk());
    out.number(resources.nodes());
    place(out, resources.place());
  }

  private Resources resources(ByteReader in) {
    Resources read =
        new Resources(
            in.small(),
            in.number(),
            in.small(),
            in.number(),
            in.map(ByteReader::number),
            in.number(),
            in.small(),
            place(in));
    Resources before = last;
    return read.equals(before) ? before : (last = read);
  }

  private void retry(ByteWriter out, Retry retry) {
    out.flag(!retry.equals(Retry.NONE));
    if (retry.equals(Retry.NONE)) {
      return;
    }
    out.number(retry.retries());
    out.list(List.copyOf(retry.exitCodes()), (to, code) -> to.number(code));
    out.list(List.copyOf(retry.on()), (to, cause) -> to.one(cause.ordinal()));
    out.number(retry.delay());
    out.eight(Double.doubleToLongBits(retry.growMemory()));
    out.eight(Double.doubleToLongBits(retry.growRuntime()));
    out.flag(retry.recover() != null);
    if (retry.recover() != null) {
      template(out, retry.recover());
    }
  }

  private Retry retry(ByteReader in) {
    if (!in.flag()) {
      return Retry.NONE;
    }
    int retries = in.small();
    Set<Integer> codes = Set.copyOf(in.list(ByteReader::small));
    Set<Retry.Cause> on = Set.copyOf(in.list(from -> CAUSES[from.one()]));
    return new Retry(
        retries,
        codes,
        on,
        in.number(),
        Double.longBitsToDouble(in.eight()),
        Double.longBitsToDouble(in.eight()),
        in.flag() ? template(in) : null);
  }

  private void group(ByteWriter out, Group group) {
    if (!group.awaits().isEmpty() || !group.problems().isEmpty()) {
      throw new IllegalArgumentException("not all instances are known: " + group.name());
    }
    out.text(group.name());
    place(out, group.place());
    out.list(group.parameters(), ByteWriter::text);
    out.list(group.instances(), ByteWriter::text);
    out.list(group.products(), this::ref);
    out.list(group.tables(), ByteWriter::text);
    out.text(group.nothing());
    out.list(group.warnings(), this::said);
  }

  private Group group(ByteReader in) {
    return new Group(
        in.text(),
        place(in),
        in.list(ByteReader::text),
        in.list(ByteReader::text),
        List.of(),
        in.list(this::ref),
        List.of(),
        in.list(ByteReader::text),
        in.text(),
        in.list(this::said),
        false);
  }

  private void executor(ByteWriter out, Executor executor) {
    place(out, executor.place());
    SchedulerSettings settings = executor.settings();
    out.text(settings.name());
    out.text(settings.before());
    out.text(settings.account());
    out.text(settings.partition());
    out.list(settings.args(), ByteWriter::text);
    out.number(settings.maxJobs());
    out.number(settings.batch());
    out.number(settings.maxRuntime());
    out.number(settings.latency());
    SchedulerSettings.Commands commands = settings.commands();
    out.flag(commands != null);
    if (commands != null) {
      out.text(commands.submit());
      out.text(commands.states());
      out.text(commands.cancel());
      out.text(commands.id());
      out.text(commands.separator());
      for (SchedulerSettings.Word word : WORDS) {
        out.list(commands.words().getOrDefault(word, List.of()), ByteWriter::text);
      }
      out.map(commands.settings(), ByteWriter::text);
    }
  }

  private Executor executor(ByteReader in) {
    return new Executor(
        place(in),
        new SchedulerSettings(
            in.text(),
            in.text(),
            in.text(),
            in.text(),
            in.list(ByteReader::text),
            in.small(),
            in.number(),
            in.number(),
            in.number(),
            in.flag() ? commands(in) : null));
  }

  private static SchedulerSettings.Commands commands(ByteReader in) {
    return new SchedulerSettings.Commands(
        in.text(), in.text(), in.text(), in.text(), in.text(), words(in), in.map(ByteReader::text));
  }

  private static Map<SchedulerSettings.Word, List<String>> words(ByteReader in) {
    Map<SchedulerSettings.Word, List<String>> words = new EnumMap<>(SchedulerSettings.Word.class);
    for (SchedulerSettings.Word word : WORDS) {
      words.put(word, in.list(ByteReader::text));
    }
    return words;
  }

  private void hook(ByteWriter out, Hook hook) {
    place(out, hook.place());
    out.one(hook.on().ordinal());
    out.text(hook.job());
    out.text(hook.command());
    out.list(hook.shell(), this::shared);
    out.flag(hook.required());
  }

  private Hook hook(ByteReader in) {
    return new Hook(
        place(in), ONS[in.one()], in.text(), in.text(), in.list(this::shared), in.flag());
  }
}
