package dev.torc.graph;

import dev.torc.workflow.BadInput;
import dev.torc.workflow.Glob;
import dev.torc.workflow.Item;
import dev.torc.workflow.Job;
import dev.torc.workflow.Nearest;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Workflow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Derives the graph from the build file: finds the maker of every need, orders the jobs, and
 * refuses what rule 13 forbids and can be told without the disk. Reports all errors at once.
 */
public final class GraphBuilder {

  private final Workflow workflow;
  private final List<Job> written;
  private final List<BadInput.Diagnostic> errors = new ArrayList<>();
  private final Map<String, Integer> writtenIds = new HashMap<>();
  private final Makers makers;
  private final List<NeedList> lists = new ArrayList<>();
  private final Map<String, Integer> listIds = new HashMap<>();
  private final List<List<Integer>> listsOf = new ArrayList<>();
  private final List<String> paths = new ArrayList<>();
  private final Map<String, Integer> fileIds = new HashMap<>();

  private GraphBuilder(Workflow workflow) {
    this.workflow = workflow;
    this.written = workflow.jobs();
    this.makers = new Makers(written, errors);
    for (int j = 0; j < written.size(); j++) {
      writtenIds.put(written.get(j).name(), j);
    }
  }

  /** Builds the graph of a workflow; throws {@link BadInput} with every error found. */
  public static Graph build(Workflow workflow) {
    return new GraphBuilder(workflow).build();
  }

  private Graph build() {
    Adjacency before = edges();
    if (!errors.isEmpty()) {
      throw new BadInput(errors);
    }
    int[] order = Order.of(before, written);
    int[] number = new int[order.length];
    for (int n = 0; n < order.length; n++) {
      number[order[n]] = n;
    }
    makers.renumber(number);
    return number(before, order, number);
  }

  /** Job to the jobs that it waits for, in written numbers. */
  private Adjacency edges() {
    Adjacency.Builder edges = new Adjacency.Builder();
    for (int j = 0; j < written.size(); j++) {
      Job job = written.get(j);
      List<Integer> listsHere = new ArrayList<>();
      listsOf.add(listsHere);
      for (Item item : job.needs()) {
        for (Ref ref : item.refs()) {
          need(j, job, ref, edges, listsHere);
        }
      }
      for (Ref.OfJob after : job.after()) {
        int earlier = jobNamed(after);
        if (earlier >= 0) {
          edges.add(earlier);
        }
      }
      edges.endRow(true);
    }
    return edges.build();
  }

  private void need(int j, Job job, Ref ref, Adjacency.Builder edges, List<Integer> listsHere) {
    switch (ref) {
      case Ref.OfFile file -> {
        int maker = makers.of(file.path());
        if (maker == j) {
          error(ref, "job " + job.name() + " needs its own product " + file.path());
        } else if (maker >= 0) {
          edges.add(maker);
        }
      }
      case Ref.OfGlob glob -> {
        Glob compiled = Glob.of(glob.pattern());
        TreeSet<Integer> found = new TreeSet<>();
        makers.matching(compiled, found::add);
        addList(j, NeedList.Kind.GLOB, glob.pattern(), compiled, -1, found, job, edges, listsHere);
      }
      case Ref.OfFolder folder -> {
        TreeSet<Integer> found = new TreeSet<>();
        makers.within(folder.path(), found::add);
        addList(j, NeedList.Kind.FOLDER, folder.path(), null, -1, found, job, edges, listsHere);
      }
      case Ref.OfJob other -> {
        int maker = jobNamed(other);
        if (maker >= 0) {
          TreeSet<Integer> found = new TreeSet<>(List.of(maker));
          addList(j, NeedList.Kind.JOB, other.job(), null, maker, found, job, edges, listsHere);
        }
      }
      case Ref.OfData data -> {
        int maker = data.job() == null ? staticData(data) : jobNamed(data, data.job());
        if (maker >= 0) {
          edges.add(maker);
        }
      }
      case Ref.Exclude _ -> {}
    }
  }

  private void addList(
      int reader,
      NeedList.Kind kind,
      String text,
      Glob glob,
      int job,
      TreeSet<Integer> found,
      Job readerJob,
      Adjacency.Builder edges,
      List<Integer> listsHere) {
    boolean own = kind != NeedList.Kind.JOB && found.remove(reader);
    found.forEach(edges::add);
    if (kind == NeedList.Kind.JOB && job == reader) {
      edges.add(job);
    }
    List<Glob> excludes = kind == NeedList.Kind.JOB ? List.of() : excludes(readerJob);
    NeedList list =
        new NeedList(kind, text, glob, excludes, job, own ? reader : -1, List.copyOf(found));
    String key = kind + "\0" + text + "\0" + excludes + "\0" + list.reader();
    Integer id = listIds.putIfAbsent(key, lists.size());
    if (id == null) {
      id = lists.size();
      lists.add(list);
    }
    if (!listsHere.contains(id)) {
      listsHere.add(id);
    }
  }

  private static List<Glob> excludes(Job job) {
    List<Glob> excludes = new ArrayList<>();
    for (Item item : job.needs()) {
      for (Ref ref : item.refs()) {
        if (ref instanceof Ref.Exclude exclude) {
          excludes.add(Glob.of(exclude.pattern()));
        }
      }
    }
    return excludes;
  }

  private int jobNamed(Ref.OfJob ref) {
    return jobNamed(ref, ref.job());
  }

  private int jobNamed(Ref ref, String name) {
    Integer id = writtenIds.get(name);
    if (id == null) {
      error(ref, "no job " + name + Nearest.hint(name, writtenIds.keySet()));
      return -1;
    }
    return id;
  }

  /** A value without a job must be in the data section; it makes no edge. */
  private int staticData(Ref.OfData ref) {
    if (!workflow.data().containsKey(ref.key())) {
      String hint =
          writtenIds.containsKey(ref.key())
              ? "; of a job's data write " + ref.key() + ".KEY"
              : Nearest.hint(ref.key(), workflow.data().keySet());
      error(ref, "no value " + ref.key() + " in the data section" + hint);
    }
    return -1;
  }

  /** Turns everything into the final numbers and flat arrays. */
  private Graph number(Adjacency writtenBefore, int[] order, int[] number) {
    List<Job> jobs = new ArrayList<>(order.length);
    Map<String, Integer> jobIds = HashMap.newHashMap(order.length);
    Adjacency.Builder before = new Adjacency.Builder();
    Adjacency.Builder needs = new Adjacency.Builder();
    Adjacency.Builder listNeeds = new Adjacency.Builder();
    Adjacency.Builder products = new Adjacency.Builder();
    for (int n = 0; n < order.length; n++) {
      Job job = written.get(order[n]);
      jobs.add(job);
      jobIds.put(job.name(), n);
      for (int i = writtenBefore.from(order[n]); i < writtenBefore.to(order[n]); i++) {
        before.add(number[writtenBefore.at(i)]);
      }
      before.endRow(true);
      for (Item item : job.needs()) {
        for (Ref ref : item.refs()) {
          if (ref instanceof Ref.OfFile file) {
            needs.add(fileNumber(file.path()));
          }
        }
      }
      needs.endRow(true);
      listsOf.get(order[n]).forEach(listNeeds::add);
      listNeeds.endRow(false);
      for (Item item : job.produces()) {
        for (Ref ref : item.refs()) {
          switch (ref) {
            case Ref.OfFile file -> products.add(fileNumber(file.path()));
            case Ref.OfFolder folder -> products.add(fileNumber(folder.path()));
            default -> {}
          }
        }
      }
      products.endRow(false);
    }
    int[] maker = new int[paths.size()];
    for (int f = 0; f < maker.length; f++) {
      maker[f] = makers.of(paths.get(f));
    }
    List<NeedList> renumbered = lists.stream().map(list -> renumber(list, number)).toList();
    return new Graph(
        workflow,
        List.copyOf(jobs),
        jobIds,
        List.copyOf(paths),
        fileIds,
        makers,
        maker,
        renumbered,
        needs.build(),
        listNeeds.build(),
        products.build(),
        before.build());
  }

  private static NeedList renumber(NeedList list, int[] number) {
    return new NeedList(
        list.kind(),
        list.text(),
        list.glob(),
        list.excludes(),
        list.job() < 0 ? -1 : number[list.job()],
        list.reader() < 0 ? -1 : number[list.reader()],
        list.makers().stream().map(j -> number[j]).sorted().toList());
  }

  private int fileNumber(String path) {
    Integer id = fileIds.putIfAbsent(path, paths.size());
    if (id == null) {
      paths.add(path);
      return paths.size() - 1;
    }
    return id;
  }

  private void error(Ref ref, String message) {
    errors.add(new BadInput.Diagnostic(ref.place(), message));
  }
}
