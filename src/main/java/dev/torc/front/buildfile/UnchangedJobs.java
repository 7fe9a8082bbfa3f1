package dev.torc.front.buildfile;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.SourceFile;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.PackedJobs;
import dev.torc.core.model.Surroundings;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.WorkflowCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * Finds the jobs of a build file whose text has not changed since the last reading, so that they
 * need not be read again: the jobs before and after all edits, each on lines of its own. These jobs
 * are cut out of the earlier and the present text, and the rest of both is parsed. If both rests
 * are equal outside their jobs, and the jobs next to the cuts are where they must be, the parser
 * would reach the cut jobs in the same state and read them as before. Otherwise no job counts as
 * unchanged and the whole file is read, so this class reports no errors.
 */
final class UnchangedJobs {

  private final byte[] before;
  private final Workflow workflow;
  private final PackedJobs jobs;
  private int[] starts; // where the line of each job begins in the earlier text
  private int front; // how many jobs at the front are unchanged
  private int back; // all jobs from this one on are unchanged
  private int from; // the first line of the earlier text that moved, counted from 1
  private int by; // how many lines down this line and all later lines moved
  private boolean found;

  /**
   * Creates the comparison.
   *
   * @param before the earlier text
   * @param workflow the workflow that was read from that text alone, with packed jobs
   */
  UnchangedJobs(byte[] before, Workflow workflow) {
    this.before = before;
    this.workflow = workflow;
    this.jobs = (PackedJobs) workflow.jobs();
  }

  /** Returns whether an earlier job, which may be unchanged, fetched files. */
  boolean mayFetch() {
    return workflow.settings().limits().containsKey(Resources.DOWNLOADS);
  }

  /**
   * Parses the present text of the file; {@code shown} is its name in messages.
   *
   * @return its tree without the unchanged jobs; null if there are none
   * @throws dev.torc.base.syntax.BadInput if the rest has an error; parsing the whole text reports
   *     it better
   */
  Node parse(byte[] now, String shown) throws IOException {
    int same = Arrays.mismatch(before, now);
    int alike = commonEnd(now, same < 0 ? before.length : same);
    int edited = now.length - alike; // where the edit ends in the present text
    boolean whole = edited == 0 || now[edited - 1] == '\n';
    if (same < 0
        || !workflow.groups().isEmpty()
        || !workflow.warnings().isEmpty()
        || !workflow.leftOut().isEmpty()
        || makesEnvironments()
        || !locate(shown, same, before.length - alike + (whole ? 0 : 1))) {
      return null;
    }
    by = lines(now, same, edited) - lines(before, same, before.length - alike);
    Node.Mapping was = rest(cut(before, 0), shown, line -> line);
    Node.Mapping is = rest(cut(now, now.length - before.length), shown, this::moved);
    found =
        was != null
            && is != null
            && Arrays.equals(
                was.without("jobs").bytes(this::moved), is.without("jobs").bytes(line -> line));
    return found ? is : null;
  }

  private boolean makesEnvironments() {
    for (String manual : workflow.manual()) {
      if (manual.startsWith(Surroundings.MAKER)) {
        return true;
      }
    }
    return false;
  }

  /** Returns a codec that can pack other jobs and read the unchanged ones. */
  WorkflowCodec codec() {
    return new WorkflowCodec(jobs.codec());
  }

  /**
   * Adds the unchanged jobs that precede the jobs of the tree to {@code before}, and those that
   * follow them to {@code behind}. {@code manual} receives the names of manual jobs.
   */
  void addTo(WorkflowCodec codec, List<Unit> before, List<Unit> behind, Set<String> manual) {
    Set<String> known = Set.copyOf(workflow.manual());
    for (int j = 0; found && j < jobs.size(); j++) {
      if (j < front || j >= back) {
        Unit unit = new Unit.Single(codec, jobs.moved(j, from, by));
        (j < front ? before : behind).add(unit);
        if (!known.isEmpty() && known.contains(unit.name())) {
          manual.add(unit.name());
        }
      }
    }
  }

  private int commonEnd(byte[] now, int same) {
    int most = Math.min(before.length, now.length) - same;
    int alike = 0;
    while (alike < most && before[before.length - 1 - alike] == now[now.length - 1 - alike]) {
      alike++;
    }
    return alike;
  }

  /**
   * Finds the unchanged jobs; returns whether there are any.
   *
   * @param same the length of the common prefix of both texts
   * @param end an offset in the earlier text; lines that begin there or later are in both texts
   */
  private boolean locate(String shown, int same, int end) {
    int count = jobs.size();
    starts = new int[count];
    from = Integer.MAX_VALUE;
    int column = count == 0 ? 0 : jobs.place(0).column();
    int known = 0;
    int at = 0;
    for (int line = 1; at < before.length; line++) {
      Place place = known < count ? jobs.place(known) : Place.NONE;
      if (place.line() == line) {
        if (place.column() != column || !place.file().equals(shown)) {
          return false;
        }
        starts[known++] = at;
      }
      from = at >= end ? Math.min(from, line) : from;
      while (at < before.length && before[at++] != '\n') {
        if (before[at - 1] == '\r' && at < before.length && before[at] != '\n') {
          return false; // YAML ends a line here, but this loop does not count it
        }
      }
    }
    int next = 0; // the first job that ends after the common prefix
    int behind = count; // the first job whose line begins in the common suffix
    while (next + 1 < count && starts[next + 1] <= same) {
      next++;
    }
    while (behind > 0 && starts[behind - 1] >= end) {
      behind--;
    }
    // the edit may begin where the job before it ends, so that job is read again too
    front = next > 2 ? next - 1 : 0;
    back = behind < count - 2 ? behind : count;
    return known == count && (front > 0 || back < count);
  }

  private static int lines(byte[] text, int from, int to) {
    int lines = 0;
    for (int at = from; at < to; at++) {
      lines += text[at] == '\n' ? 1 : 0;
    }
    return lines;
  }

  private int moved(int line) {
    return line < from ? line : line + by;
  }

  /**
   * Returns a text in which empty lines replace the unchanged jobs, except the first and last job
   * of the file and the first one after the edits, which {@link #rest} checks. The common suffix
   * begins {@code later} bytes later in this text than in the earlier one.
   */
  private byte[] cut(byte[] text, int later) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    if (front > 0) {
      out.write(text, 0, starts[1]);
      at = skip(1, front, out);
    }
    if (back < starts.length) {
      out.write(text, at, starts[back + 1] + later - at);
      at = skip(back + 1, starts.length - 1, out) + later;
    }
    out.write(text, at, text.length - at);
    return out.toByteArray();
  }

  /**
   * Parses the rest of a text. {@code lines} maps a line of the earlier text to its line in this
   * one.
   *
   * @return the tree without the unchanged jobs next to the cuts; null if jobs are not where they
   *     must be
   */
  private Node.Mapping rest(byte[] cut, String shown, IntUnaryOperator lines) throws IOException {
    if (hasAnchor(cut)
        || !(SourceFile.parse(cut, shown) instanceof Node.Mapping top)
        || !(top.get("jobs") instanceof Node.Mapping written)) {
      return null;
    }
    List<Map.Entry<String, Entry>> read = List.copyOf(written.entries().entrySet());
    int begin = front > 0 ? 1 : 0;
    int end = read.size() - (back < starts.length ? 2 : 0);
    boolean stand =
        begin <= end
            // in braces the map would begin before its first job
            && stands(written.place(), read, 0, line -> line)
            && (begin == 0
                || stands(jobs.place(0), read, 0, lines)
                    && stands(jobs.place(front), read, 1, lines))
            && (end == read.size()
                || stands(jobs.place(back), read, end, lines)
                    && stands(jobs.place(starts.length - 1), read, end + 1, lines));
    if (!stand) {
      return null;
    }
    SequencedMap<String, Entry> others = new LinkedHashMap<>();
    read.subList(begin, end).forEach(each -> others.put(each.getKey(), each.getValue()));
    SequencedMap<String, Entry> all = new LinkedHashMap<>(top.entries());
    all.put("jobs", new Entry(all.get("jobs").place(), new Node.Mapping(written.place(), others)));
    return new Node.Mapping(top.place(), all);
  }

  /** Returns whether an entry is where a job of the earlier text must be now. */
  private boolean stands(
      Place was, List<Map.Entry<String, Entry>> read, int at, IntUnaryOperator lines) {
    Place is = at < read.size() ? read.get(at).getValue().place() : Place.NONE;
    return is.line() == lines.applyAsInt(was.line()) && is.column() == was.column();
  }

  /** Returns whether a text may have a YAML anchor, which names a value for use elsewhere. */
  private static boolean hasAnchor(byte[] text) {
    for (int at = 0; at + 1 < text.length; at++) {
      if (text[at] == '&'
          && (at == 0 || " \t\r\n,:[{".indexOf(text[at - 1]) >= 0)
          && " &\r\n".indexOf(text[at + 1]) < 0) {
        return true;
      }
    }
    return false;
  }

  private int skip(int job, int end, ByteArrayOutputStream out) {
    int lines = jobs.place(end).line() - jobs.place(job).line();
    out.writeBytes("\n".repeat(lines).getBytes(StandardCharsets.UTF_8));
    return starts[end];
  }
}
