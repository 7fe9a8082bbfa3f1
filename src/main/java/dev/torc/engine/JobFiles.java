package dev.torc.engine;

import dev.torc.hash.Digest;
import dev.torc.posix.OwnFile;
import dev.torc.posix.PlainFile;
import dev.torc.records.CachePlace;
import dev.torc.text.Refusal;
import dev.torc.workflow.Job;
import dev.torc.workflow.Job.Item;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The files that a job has below {@code .torc}: what an attempt is given to read, what it writes
 * for torc, and its log. Each is named after the job, whatever characters the job's own name has.
 * What stands in them is for {@link LaunchBuilder} and {@link LinesFile}.
 */
public final class JobFiles {

  private static final int LONGEST = 150;

  /** Characters of a need's name behind the job's: both, a sign and an ending fit in 255 bytes. */
  private static final int LONGEST_PART = 60;

  private static final String HEX = "0123456789ABCDEF";

  private final CachePlace place;
  private final String name;

  /** Creates the files of a job of a project; none of them needs to be there. */
  public JobFiles(CachePlace place, String job) {
    this.place = place;
    this.name = name(job);
  }

  /** Returns where the job's output goes. */
  public Path log() {
    return place.logs().resolve(name + ".log");
  }

  /**
   * Adds a line to the log, if there is one, that separates an attempt from the one before it.
   *
   * @return the byte where the attempt's own output begins
   */
  long markLog(int attempt) throws IOException {
    Path log = log();
    if (!OwnFile.stands(log)) {
      return 0;
    }
    return log("--- torc: attempt " + attempt + " ---");
  }

  /** Adds a line to the log; returns the byte behind it. */
  long log(String line) throws IOException {
    Path log = log();
    String before = OwnFile.stands(log) && !endsLine(log) ? "\n" : "";
    try (FileChannel out = OwnFile.outChannel(log)) {
      out.position(out.size());
      out.write(ByteBuffer.wrap((before + line + "\n").getBytes(StandardCharsets.UTF_8)));
      return out.size();
    }
  }

  /** Returns whether a log is empty or ends with a line feed. */
  private static boolean endsLine(Path log) throws IOException {
    try (FileChannel in = OwnFile.channel(log)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      return in.size() == 0 || in.read(last, in.size() - 1) < 1 || last.get(0) == '\n';
    }
  }

  /** Returns why nothing more fits into the log; empty if something does. */
  String fullLog() {
    try (FileChannel log = OwnFile.outChannel(log())) {
      long end = log.size();
      log.write(ByteBuffer.allocate(1), end);
      log.truncate(end);
      return "";
    } catch (IOException e) {
      String why = Refusal.why(e);
      return why.endsWith(Refusal.FULL) ? why : "";
    }
  }

  /** Returns the file of {@code TORC_EVENTS}, to which the job writes events. */
  public Path events() {
    return inJobs(".events");
  }

  /** Returns the lines of the file of {@code TORC_EVENTS}. */
  LinesFile eventLines() {
    return new LinesFile("TORC_EVENTS", events());
  }

  /** Returns the lines of the file to which the job writes the values that it stores. */
  LinesFile output() {
    return new LinesFile("TORC_OUTPUT", inJobs(".output"));
  }

  /**
   * Returns the file that lists the job's needs while it runs: of one name, or all if that is
   * empty.
   */
  Path needs(String item) {
    // "@" is a sign that is encoded in a job's name
    return inJobs(item.isEmpty() ? ".needs" : "@" + name(item, LONGEST_PART) + ".needs");
  }

  /** Returns the file with the values that the job needs, if it needs some. */
  Path values() {
    return inJobs(".data.json");
  }

  /** Returns the file in which the job's container says how far it came. */
  Path container() {
    return inJobs(".container");
  }

  private Path inJobs(String ending) {
    return place.jobs().resolve(name + ending);
  }

  /** Writes one of these files anew, whichever user wrote it before; returns its path as text. */
  String write(Path file, String text) throws IOException {
    place.ready(file);
    OwnFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    return file.toString();
  }

  /**
   * Returns whether a job has a list of needs of its own; jobs without needs share an empty one.
   */
  static boolean lists(Job job) {
    return !job.links().needs().isEmpty();
  }

  /**
   * Removes the files that an attempt which ended well was given to read, and those that it wrote
   * for torc. A background process that it left has names of these files, gone by then, in its
   * environment.
   *
   * @param values whether it needed values
   * @param wrote whether it stored values
   */
  void remove(Job job, boolean values, boolean wrote) throws IOException {
    if (lists(job)) {
      PlainFile.delete(needs(""));
    }
    for (Item item : job.links().needs()) {
      if (item.name() != null) {
        PlainFile.delete(needs(item.name()));
      }
    }
    if (values) {
      PlainFile.delete(values());
    }
    if (wrote) {
      PlainFile.delete(output().path());
    }
    if (job.runsInContainers()) {
      PlainFile.delete(container());
    }
  }

  /**
   * Returns a job's name as the name of a file: letters, digits and a few signs stay, all else is
   * %-encoded, and long names end in a digest. Different jobs have different names.
   */
  static String name(String job) {
    return name(job, LONGEST);
  }

  private static String name(String job, int longest) {
    if (isPlain(job) && job.length() <= longest) {
      return job;
    }
    StringBuilder name = new StringBuilder();
    for (byte b : job.getBytes(StandardCharsets.UTF_8)) {
      if (isPlain((char) b) || b == '.' && !name.isEmpty()) {
        name.append((char) b);
      } else {
        name.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
      }
    }
    if (name.length() > longest) {
      name.setLength(longest);
      name.append('~').append(Digest.ofText(job).hex(), 0, 16);
    }
    String file = name.toString();
    return file.equals("hooks") ? "%68ooks" : file; // hooks.log is the log of the hooks
  }

  /** Returns whether a job's name is a file's name as it is; nearly all are. */
  private static boolean isPlain(String job) {
    for (int i = 0; i < job.length(); i++) {
      if (!isPlain(job.charAt(i)) && (i == 0 || job.charAt(i) != '.')) {
        return false;
      }
    }
    return !job.isEmpty() && !job.equals("hooks");
  }

  private static boolean isPlain(char c) {
    return c < 128 && Character.isLetterOrDigit(c) || "_-=,+".indexOf(c) >= 0;
  }
}
