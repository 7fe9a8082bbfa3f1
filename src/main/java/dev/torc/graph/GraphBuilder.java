package dev.torc.graph;

import dev.torc.bytes.StringTable;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Place;
import dev.torc.workflow.Group;
import dev.torc.workflow.Item;
import dev.torc.workflow.Job;
import dev.torc.workflow.PackedJobs;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Tool;
import dev.torc.workflow.Workflow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Derives the graph from the build file: finds the maker of every need, orders the jobs, and
 * refuses what rule 13 forbids and can be told without the disk. Reports all errors at once.
 */
public final class GraphBuilder {

  private final Workflow workflow;
  private final List<Job> written;
  private final List<Group> open;
  private final List<BadInput.Diagnostic> errors = new ArrayList<>();
  private final NameResolver references;
  private final Makers makers;
  private final JoinNodes joins;
  private final List<NeedList> lists = new ArrayList<>();
  private final Map<String, Integer> listIds = new HashMap<>();
  private final Map<String, int[]> found = new HashMap<>();
  private final List<List<Integer>> listsOf = new ArrayList<>();
  private final StringTable.Builder files = new StringTable.Builder();

  private GraphBuilder(Workflow workflow) {
    this.workflow = workflow;
    this.written = workflow.jobs();
    this.open = workflow.groups().stream().filter(JoinNode::isOpen).toList();
    this.references = new NameResolver(workflow);
    this.makers = new Makers(written, open, errors);
    this.joins = new JoinNodes(written.size());
    open.forEach(group -> joins.add(new JoinNode(group.name(), group), new int[0]));
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
    int jobs = written.size();
    int[] order = TopologicalOrder.of(before, jobs, this::name, this::place);
    int[] number = new int[order.length];
    int job = 0;
    int join = jobs;
    for (int n : order) {
      number[n] = n < jobs ? job++ : join++;
    }
    makers.renumber(number);
    references.renumber(number);
    return number(before, order, number);
  }

  private String name(int node) {
    return node < written.size()
        ? written.get(node).name()
        : joins.get(node - written.size()).text();
  }

  private Place place(int node) {
    if (node < written.size()) {
      return written.get(node).place();
    }
    Group group = joins.get(node - written.size()).open();
    return group == null ? Place.NONE : group.place();
  }

  /** Node to the nodes that it waits for, in written numbers. */
  private Adjacency edges() {
    Adjacency.Builder edges = new Adjacency.Builder();
    for (int j = 0; j < written.size(); j++) {
      Job job = written.get(j);
      List<Integer> listsHere = new ArrayList<>(0);
      List<Glob> excludes = job.excludes();
      for (Item item : job.needs()) {
        for (Ref ref : item.refs()) {
          need(j, job, ref, excludes, edges, listsHere);
        }
      }
      for (Tool tool : job.tools()) {
        String made = made(tool);
        if (made != null) {
          need(j, job, new Ref.OfFile(tool.place(), made), excludes, edges, listsHere);
        }
      }
      for (Ref.OfJob after : job.after()) {
        waitFor(joinOf(after.place(), after.job()), edges);
      }
      edges.endRow(true);
      listsOf.add(listsHere.isEmpty() ? List.of() : listsHere);
    }
    for (int g = 0; g < open.size(); g++) {
      Group group = open.get(g);
      int[] awaited =
          group.awaits().stream()
              .mapToInt(name -> joinOf(group.place(), name))
              .filter(node -> node >= 0)
              .toArray();
      joins.members(g, awaited);
    }
    for (int g = 0; g < joins.size(); g++) {
      Arrays.stream(joins.members(g)).forEach(edges::add);
      edges.endRow(true);
    }
    return edges.build();
  }

  /** The path of a tool that a job makes, null for any other. */
  private String made(Tool tool) {
    for (String path : tool.paths()) {
      if (makers.of(path) >= 0) {
        return path;
      }
    }
    return null;
  }

  private static void waitFor(int node, Adjacency.Builder edges) {
    if (node >= 0) {
      edges.add(node);
    }
  }

  private void need(
      int j,
      Job job,
      Ref ref,
      List<Glob> excludes,
      Adjacency.Builder edges,
      List<Integer> listsHere) {
    if (ref instanceof Ref.OfFile file) {
      int maker = makers.of(file.path());
      if (maker == j) {
        error(ref.place(), "job " + job.name() + " needs its own product " + file.path());
      } else {
        waitFor(maker, edges);
      }
    } else if (ref instanceof Ref.OfGlob glob) {
      Glob compiled = Glob.of(glob.pattern());
      found(
          NeedList.Kind.GLOB,
          glob.pattern(),
          excludes,
          into -> makers.matching(compiled, excludes, into));
      list(j, NeedList.Kind.GLOB, glob.pattern(), compiled, excludes, edges, listsHere);
    } else if (ref instanceof Ref.OfFolder folder) {
      found(
          NeedList.Kind.FOLDER,
          folder.path(),
          excludes,
          into -> makers.within(folder.path(), excludes, into));
      list(j, NeedList.Kind.FOLDER, folder.path(), null, excludes, edges, listsHere);
    } else if (ref instanceof Ref.OfJob other) {
      if (named(other.place(), other.job()) != null) {
        list(j, NeedList.Kind.JOB, other.job(), null, List.of(), edges, listsHere);
      }
    } else if (ref instanceof Ref.OfData data) {
      if (data.job() == null) {
        staticData(data);
      } else {
        waitFor(joinOf(data.place(), data.job()), edges);
      }
    }
  }

  /** Finds once who makes what a glob or folder stands for, whoever asks. */
  private void found(
      NeedList.Kind kind, String text, List<Glob> excludes, Consumer<IntConsumer> search) {
    found.computeIfAbsent(
        key(kind, text, excludes),
        _ -> {
          TreeSet<Integer> all = new TreeSet<>();
          search.accept(all::add);
          return all.stream().mapToInt(node -> node).toArray();
        });
  }

  private static String key(NeedList.Kind kind, String text, List<Glob> excludes) {
    return excludes.isEmpty() ? kind + text : kind + text + "\0!" + excludes;
  }

  /**
   * The nodes that a name means, null and an error where there is none; kept like what is found.
   */
  private int[] named(Place place, String name) {
    int[] nodes = found.computeIfAbsent(NeedList.Kind.JOB + name, _ -> references.of(name));
    if (nodes == null) {
      error(place, references.unknown(name));
    }
    return nodes;
  }

  /** The node to wait for where a job, a group or a part of one is named, -1 for none. */
  private int joinOf(Place place, String name) {
    int[] nodes = named(place, name);
    return nodes == null ? -1 : joins.of(NeedList.Kind.JOB + name, name, nodes);
  }

  /** Adds a list to the needs of a job, and waits for all that make its members. */
  private void list(
      int reader,
      NeedList.Kind kind,
      String text,
      Glob glob,
      List<Glob> excludes,
      Adjacency.Builder edges,
      List<Integer> listsHere) {
    String shared = key(kind, text, excludes);
    boolean own = kind != NeedList.Kind.JOB && isOwn(reader, shared);
    String group = written.get(reader).group();
    String join = own ? shared + "\0" + (group == null ? "job " + reader : group) : shared;
    if (own) {
      found.computeIfAbsent(join, _ -> without(found.get(shared), reader));
    }
    int[] nodes = found.get(join);
    waitFor(joins.of(join, text, nodes), edges);
    Integer id = listIds.putIfAbsent(join, lists.size());
    if (id == null) {
      id = lists.size();
      List<Integer> makers = Arrays.stream(nodes).boxed().toList();
      lists.add(new NeedList(kind, text, glob, excludes, makers));
    }
    if (!listsHere.contains(id)) {
      listsHere.add(id);
    }
  }

  /** Whether a job, or another of its group, is among the nodes that were found. */
  private boolean isOwn(int job, String key) {
    int[] nodes = found.get(key);
    String group = written.get(job).group();
    return group == null
        ? Arrays.binarySearch(nodes, job) >= 0
        : found.computeIfAbsent(key + "\0" + group, _ -> without(nodes, job)) != nodes;
  }

  /** The very nodes where none is the job or of its group. */
  private int[] without(int[] nodes, int job) {
    if (Arrays.stream(nodes).noneMatch(node -> isKin(node, job))) {
      return nodes;
    }
    return Arrays.stream(nodes).filter(node -> !isKin(node, job)).toArray();
  }

  /** Whether a node is a job, or of the job's group. */
  private boolean isKin(int node, int job) {
    String group = written.get(job).group();
    String other = node < written.size() ? written.get(node).group() : name(node);
    return node == job || (group != null && group.equals(other));
  }

  /** A value without a job must be in the data section; it makes no edge. */
  private void staticData(Ref.OfData ref) {
    if (!workflow.data().containsKey(ref.key())) {
      String hint =
          references.of(ref.key()) != null
              ? "; of a job's data write " + ref.key() + ".KEY"
              : NearestName.hint(ref.key(), workflow.data().keySet());
      error(ref.place(), "no value " + ref.key() + " in the data section" + hint);
    }
  }

  /** Turns everything into the final numbers and flat arrays. */
  private Graph number(Adjacency writtenBefore, int[] order, int[] number) {
    int[] jobs = Arrays.stream(order).filter(n -> n < written.size()).toArray();
    List<String> names = new ArrayList<>(jobs.length);
    int[] priority = new int[jobs.length];
    List<JoinNode> shut = new ArrayList<>(joins.size());
    Adjacency.Builder before = new Adjacency.Builder();
    Adjacency.Builder needs = new Adjacency.Builder();
    Adjacency.Builder listNeeds = new Adjacency.Builder();
    Adjacency.Builder products = new Adjacency.Builder();
    for (int n : order) {
      if (n >= written.size()) {
        shut.add(joins.get(n - written.size()));
        continue;
      }
      Job job = written.get(n);
      priority[names.size()] = job.priority();
      names.add(job.name());
      edges(writtenBefore, n, number, before);
      for (Item item : job.needs()) {
        for (Ref ref : item.refs()) {
          if (ref instanceof Ref.OfFile file) {
            needs.add(files.add(file.path()));
          }
        }
      }
      for (Tool tool : job.tools()) {
        String made = made(tool);
        if (made != null) {
          needs.add(files.add(made));
        }
      }
      needs.endRow(true);
      for (int list : listsOf.get(n)) {
        listNeeds.add(list);
      }
      listNeeds.endRow(false);
      for (Item item : job.produces()) {
        for (Ref ref : item.refs()) {
          if (ref instanceof Ref.OfFile file) {
            products.add(files.add(file.path()));
          } else if (ref instanceof Ref.OfFolder folder) {
            products.add(files.add(folder.path()));
          }
        }
      }
      products.endRow(false);
    }
    for (int n : order) {
      if (n >= written.size()) {
        edges(writtenBefore, n, number, before);
      }
    }
    int[] maker = new int[files.size()];
    for (int f = 0; f < maker.length; f++) {
      maker[f] = makers.of(files.text(f));
    }
    boolean isWhole = open.isEmpty(); // else they are asked before the next graph, again and again
    return new Graph(
        workflow,
        PackedJobs.pick(written, jobs),
        List.copyOf(shut),
        StringTable.of(names),
        isWhole ? Graph.references(workflow, number) : () -> references,
        files.build(),
        isWhole ? Graph.makers(workflow, number) : () -> makers,
        makers.arePlain(),
        maker,
        priority,
        lists.stream().map(list -> renumber(list, number)).toList(),
        needs.build(),
        listNeeds.build(),
        products.build(),
        before.build(),
        Arrays.stream(order).map(n -> number[n]).toArray());
  }

  private static void edges(Adjacency from, int node, int[] number, Adjacency.Builder to) {
    for (int i = from.from(node); i < from.to(node); i++) {
      to.add(number[from.at(i)]);
    }
    to.endRow(true);
  }

  private static NeedList renumber(NeedList list, int[] number) {
    return new NeedList(
        list.kind(),
        list.text(),
        list.glob(),
        list.excludes(),
        list.makers().stream().map(j -> number[j]).sorted().toList());
  }

  private void error(Place place, String message) {
    errors.add(new BadInput.Diagnostic(place, message));
  }
}
