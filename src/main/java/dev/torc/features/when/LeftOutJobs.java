package dev.torc.features.when;

import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.PatternIndex;
import dev.torc.core.model.Group;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.ProductIndex;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.features.reading.LinkedJob;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Decides which jobs a build leaves out: those whose condition does not hold, those that the caller
 * excludes, and those that need one of them. A reader of several jobs uses the others. It works on
 * names and declared products, before there is a graph, since two jobs may make the same file under
 * conditions of which one holds.
 */
public final class LeftOutJobs {

  /** A known job, or a {@code group} with the job that stands for its instances. */
  public record Candidate(String name, Job job, Group group) {

    private boolean isClosed() {
      return group != null && !group.isOpen();
    }
  }

  /** Finds files on disk that match a pattern. */
  public interface Files {
    List<String> matching(Glob pattern) throws IOException;
  }

  /**
   * Something that jobs need.
   *
   * @param makers the jobs that make it, by number
   * @param readers the jobs that need it
   * @param others the jobs that need it with {@code optional} or are only {@code after} it
   * @param pattern what the files are like; null if only these makers can make it
   */
  private record Want(
      Set<Integer> makers, Set<Integer> readers, Set<Integer> others, Glob pattern) {}

  private final List<Candidate> all;
  private final Map<String, Set<Integer>> byName = new HashMap<>(); // of jobs and groups
  private final ProductIndex products;
  private final PatternIndex rivals = new PatternIndex(); // later declarations of one path
  private final Map<String, Want> wants = new HashMap<>();
  private final Map<Integer, List<Want>> made = new HashMap<>();
  private final Set<Integer> out = new HashSet<>();

  public LeftOutJobs(List<Candidate> all) {
    this.all = all;
    for (int i = 0; i < all.size(); i++) {
      Job job = all.get(i).job;
      if (all.get(i).isClosed()) {
        continue;
      }
      add(byName, all.get(i).name, i);
      if (job.group() != null && !job.group().equals(all.get(i).name)) {
        add(byName, job.group(), i);
      }
    }
    this.products =
        ProductIndex.of(
            IntStream.range(0, all.size()).filter(i -> !all.get(i).isClosed()).toArray(),
            i -> all.get(i).job.productRefs(),
            (path, _, later) -> rivals.add(later.glob(path), later.owner(), later.place()));
    for (int i = 0; i < all.size(); i++) {
      Candidate each = all.get(i);
      if (each.isClosed()) {
        continue;
      }
      for (Ref ref : each.job.needRefs()) {
        (isOptional(ref) ? want(ref).others : want(ref).readers).add(i);
      }
      for (Job.Tool tool : each.job.links().tools()) {
        for (String path : tool.paths()) {
          want(new Ref.OfFile(tool.place(), path)).readers.add(i);
        }
      }
      for (Ref after : each.job.links().after()) {
        want(after).others.add(i);
      }
      if (each.group != null && each.group.instances().isEmpty()) {
        Set<Integer> makers = new LinkedHashSet<>();
        each.group.further().awaits().forEach(name -> makers.addAll(named(name)));
        note(new Want(makers, Set.of(i), Set.of(), null));
      }
    }
  }

  /** Passes on the makers and the readers of each thing that some jobs need, by their indexes. */
  public static void needs(List<Job> jobs, BiConsumer<Set<Integer>, Set<Integer>> take) {
    LeftOutJobs of =
        new LeftOutJobs(jobs.stream().map(job -> new Candidate(job.name(), job, null)).toList());
    for (Want want : of.wants.values()) {
      Set<Integer> readers = new HashSet<>(want.readers);
      readers.addAll(want.others);
      take.accept(want.makers, readers);
    }
  }

  private static <K> void add(Map<K, Set<Integer>> map, K key, int value) {
    map.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(value);
  }

  /** Returns whether a reader can do without what an item names: it says so, or its maker does. */
  private boolean isOptional(Ref ref) {
    return ref.optional() && !(ref instanceof Ref.OfGlob)
        || ref instanceof Ref.OfFile
            && want(ref).makers.stream().anyMatch(i -> all.get(i).job.mayLack(ref.text()));
  }

  private Want want(Ref ref) {
    String key = ref instanceof Ref.OfJob job ? "job " + job.job() : ref.text();
    Want known = wants.get(key);
    if (known == null) {
      Glob pattern =
          ref instanceof Ref.OfGlob glob
              ? Glob.of(glob.pattern())
              : ref instanceof Ref.OfFolder folder ? ProductIndex.inside(folder.path()) : null;
      Set<Integer> makers = new LinkedHashSet<>();
      if (ref instanceof Ref.OfJob job) {
        makers.addAll(named(job.job()));
      } else if (ref instanceof Ref.OfData data && data.job() != null) {
        data.readings().stream()
            .map(each -> named(each.job()))
            .filter(found -> !found.isEmpty())
            .findFirst()
            .ifPresent(makers::addAll);
      } else if (pattern != null || ref instanceof Ref.OfFile) {
        Glob files = pattern != null ? pattern : ProductIndex.inside(ref);
        products.matching(files, List.of(), makers::add);
        rivals.overlapping(files, each -> makers.add(each.job()));
      }
      known = note(new Want(makers, new LinkedHashSet<>(), new LinkedHashSet<>(), pattern));
      wants.put(key, known);
    }
    return known;
  }

  /** Notes a want under each of its makers, and returns it. */
  private Want note(Want want) {
    want.makers.forEach(maker -> made.computeIfAbsent(maker, _ -> new ArrayList<>()).add(want));
    return want;
  }

  /** Returns the jobs that the name of a job, a group or a part of a group means. */
  private Collection<Integer> named(String name) {
    Set<Integer> found = byName.get(name);
    InstanceName part = InstanceName.parse(name);
    return found != null
        ? found
        : byName.getOrDefault(part.group(), Set.of()).stream()
            .filter(
                i -> all.get(i).job.parameters().entrySet().containsAll(part.values().entrySet()))
            .toList();
  }

  /**
   * Returns the jobs that are left out, by name. {@code reason} returns why a job is left out
   * whatever it needs, else null; {@code unread} tests for jobs whose declaration may be an old
   * one, so that nothing can do without them; {@code stays} tests for the names of jobs that a
   * build has.
   */
  public SortedMap<String, LeftOutJob> find(
      Function<Candidate, String> reason,
      Predicate<Candidate> unread,
      Predicate<String> stays,
      Files files)
      throws IOException {
    SortedMap<String, LeftOutJob> found = new TreeMap<>();
    Map<Integer, String> roots = new HashMap<>();
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < all.size(); i++) {
      Candidate each = all.get(i);
      boolean in = each.isClosed() || stays.test(each.name);
      String why = in ? null : reason.apply(each);
      if (why != null) {
        roots.put(i, why);
        take(i, why, found, open);
      }
    }
    while (!open.isEmpty()) {
      int maker = open.pop();
      for (Want want : made.getOrDefault(maker, List.of())) {
        Set<Integer> readers = isGone(want, files) ? want.readers : new HashSet<>();
        if (unread.test(all.get(maker))) {
          readers = new LinkedHashSet<>(want.readers);
          readers.addAll(want.others);
        }
        for (int reader : readers) {
          if (!out.contains(reader) && !stays.test(all.get(reader).name)) {
            roots.put(reader, roots.get(maker));
            String needs = "needs " + all.get(maker).name + " (" + roots.get(maker) + ")";
            take(reader, needs, found, open);
          }
        }
      }
    }
    return found;
  }

  private void take(int job, String why, SortedMap<String, LeftOutJob> found, Deque<Integer> open) {
    out.add(job);
    open.push(job);
    found.put(all.get(job).name, new LeftOutJob(all.get(job).job, why));
  }

  /** Returns whether all makers are left out, and no source is wanted either. */
  private boolean isGone(Want want, Files files) throws IOException {
    return isDropped(want)
        && (want.pattern == null
            || files.matching(want.pattern).stream().allMatch(path -> products.owner(path) >= 0));
  }

  /**
   * Returns the jobs that stay although jobs that they need optionally are left out; those needs
   * are removed from them.
   */
  public List<Job> rewritten() {
    Set<Integer> readers = new LinkedHashSet<>();
    for (Want want : wants.values()) {
      if (isDropped(want)) {
        readers.addAll(want.others);
      }
    }
    readers.removeAll(out);
    return readers.stream().map(i -> without(all.get(i).job)).toList();
  }

  private boolean isDropped(Want want) {
    return !want.makers.isEmpty() && out.containsAll(want.makers);
  }

  private Job without(Job job) {
    List<Item> needs = new ArrayList<>();
    for (Item item : job.links().needs()) { // an empty item stays, since others are named by number
      Stream<Ref> kept = item.refs().stream().filter(r -> !isOptional(r) || !isDropped(want(r)));
      needs.add(new Item(item.name(), item.place(), kept.toList()));
    }
    List<Ref.OfJob> after =
        job.links().after().stream().filter(each -> !isDropped(want(each))).toList();
    return LinkedJob.with(job, needs, after);
  }
}
