package dev.torc.core.model;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.bytes.StringTable;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;

/**
 * The stored part of a {@link Graph}, all in numbers, which a larger graph starts from. It has no
 * workflow and answers no questions.
 */
record GraphTables(Nodes nodes, Jobs jobs, Files files, List<NeedList> lists, Edges edges) {

  /** The nodes. {@code names} has a text for each node: see {@link Graph#joinName}. */
  record Nodes(BitSet joins, StringTable names, NodeOrder order) {}

  /**
   * Facts about the jobs. All fields except {@code written} are indexed by node.
   *
   * @param written the nodes of the jobs, in the order of the build file
   * @param temporary the jobs that run only if a reader needs their products
   * @param deletes the jobs whose products are removed after their readers have run
   * @param having the jobs with each key and each effect of their {@link Job#extras}
   */
  record Jobs(
      int[] written,
      int[] priority,
      BitSet temporary,
      BitSet deletes,
      SortedMap<String, BitSet> having) {}

  /** The files by number. If {@code plain}, only files that a product names have a maker. */
  record Files(StringTable paths, boolean plain, int[] maker) {}

  /**
   * For each job, its needed files, needed lists and products; for each node, the nodes it waits
   * for.
   */
  record Edges(Adjacency needs, Adjacency listNeeds, Adjacency products, Adjacency before) {}

  void write(ByteWriter out) {
    out.longs(nodes.joins.toLongArray());
    nodes.names.write(out);
    files.paths.write(out);
    out.flag(files.plain);
    out.ints(files.maker);
    out.ints(jobs.priority);
    out.longs(jobs.temporary.toLongArray());
    out.longs(jobs.deletes.toLongArray());
    out.map(jobs.having, (to, each) -> to.longs(each.toLongArray()));
    out.list(lists, (to, list) -> list.write(to));
    edges.needs.write(out);
    edges.listNeeds.write(out);
    edges.products.write(out);
    edges.before.write(out);
    out.ints(nodes.order.nodes);
    out.ints(jobs.written);
  }

  static GraphTables read(ByteReader in) {
    BitSet joins = BitSet.valueOf(in.longs());
    StringTable names = StringTable.read(in);
    Files files = new Files(StringTable.read(in), in.flag(), in.ints());
    int[] priority = in.ints();
    BitSet temporary = BitSet.valueOf(in.longs());
    BitSet deletes = BitSet.valueOf(in.longs());
    SortedMap<String, BitSet> having = in.map(from -> BitSet.valueOf(from.longs()));
    List<NeedList> lists = in.list(NeedList::read);
    Adjacency needs = Adjacency.read(in);
    Adjacency listNeeds = Adjacency.read(in);
    Adjacency products = Adjacency.read(in);
    Edges edges = new Edges(needs, listNeeds, products, Adjacency.read(in));
    Nodes nodes = new Nodes(joins, names, new NodeOrder(in.ints(), joins));
    Jobs jobs = new Jobs(in.ints(), priority, temporary, deletes, having);
    return new GraphTables(nodes, jobs, files, lists, edges);
  }
}
