package dev.torc.cluster;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.torc.local.ProcessEnd;
import dev.torc.posix.FileTree;
import dev.torc.posix.GroupAccess;
import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The folder of one batch script on the shared file system, with an absolute path: what the script
 * writes about its jobs, and torc's own claims. A job is named by its claim here. Only the
 * scheduler knows whether the script still runs.
 */
public record BatchFolder(Path path) {

  /** A file about a job, named by its claim, a dot and the word in lower case. */
  public enum Word {
    CLAIM, // a folder: a script or a torc has the job, forever
    /** A folder: what was in the places of its products; the script or torc moved it there. */
    ASIDE,
    BEGUN, // product places are clear; the job's processes start
    LATER, // not begun, for another submission; without a claim
    /** A torc told the scheduler to end the job: its result is useless, whatever it is. */
    UNWANTED,
    MADE, // what the files of the job's products were when it ended
    STATUS;

    private final String ending = "." + name().toLowerCase(Locale.ROOT);
  }

  private static final String GONE = ".gone";
  private static final byte[] INTERRUPTED = {'I', 'N', 'T', '\n'};

  public Path script() {
    return path.resolve("script");
  }

  /** Writes the script atomically, executable for all users that the umask allows. */
  public void writeScript(byte[] text) throws IOException {
    put(
        script(),
        text,
        true,
        PosixFilePermissions.asFileAttribute(EnumSet.allOf(PosixFilePermission.class)));
  }

  /** Returns the batch's record, written before the batch is submitted; see {@link RemoteBatch}. */
  Path record() {
    return path.resolve("jobs");
  }

  void writeRecord(String lines) throws IOException {
    put(record(), BatchWord.whole(lines), true);
  }

  /** Writes the scheduler's ids, one for each array task. */
  void write(List<String> ids) throws IOException {
    StringBuilder lines = new StringBuilder();
    ids.forEach(id -> BatchWord.line(lines, "id", id));
    put(path.resolve("ids"), BatchWord.whole(lines.toString()), true);
  }

  /** Returns the scheduler's ids; empty if unknown. */
  List<String> ids() {
    BatchWord word = BatchWord.read(path.resolve("ids"));
    return word == null ? List.of() : word.texts("id");
  }

  /** Returns the file for the messages of the scheduler and of the script. */
  Path log() {
    return path.resolve("out");
  }

  /** Returns the folders of scripts in a folder; empty if that folder does not exist. */
  static List<BatchFolder> all(Path folder) throws IOException {
    return folders(folder).stream().filter(each -> !isGone(each)).map(BatchFolder::new).toList();
  }

  static List<Path> folders(Path folder) throws IOException {
    List<Path> folders = entries(folder);
    folders.removeIf(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS));
    return folders;
  }

  /** Lists the folder once: by claim, the files of each job. A job without files has no entry. */
  public Map<String, Set<Word>> words() throws IOException {
    Map<String, Set<Word>> words = new HashMap<>();
    for (Path file : entries(path)) {
      String name = file.getFileName().toString();
      for (Word word : Word.values()) {
        if (name.endsWith(word.ending)) {
          String job = name.substring(0, name.length() - word.ending.length());
          words.computeIfAbsent(job, _ -> EnumSet.noneOf(Word.class)).add(word);
        }
      }
    }
    return words;
  }

  private static List<Path> entries(Path folder) throws IOException {
    try {
      return FileTree.entries(folder);
    } catch (NoSuchFileException gone) {
      return new ArrayList<>();
    }
  }

  private Path file(String job, Word word) {
    return path.resolve(job + word.ending);
  }

  /** Returns where a product's old file is moved, if there is one. */
  public Path aside(String job, int product) {
    return file(job, Word.ASIDE).resolve(Integer.toString(product));
  }

  /** Moves aside what is in the place of a product, if anything. */
  void moveAside(String job, int product, Path from) throws IOException {
    Path to = aside(job, product);
    Files.createDirectories(to.getParent());
    give(to.getParent());
    try {
      Files.move(from, to);
    } catch (NoSuchFileException gone) {
      return; // it was gone already
    }
  }

  Path begunFile(String job) {
    return file(job, Word.BEGUN);
  }

  /** Returns how a job, submitted at a time in ms since 1970, ended; null until fully written. */
  ProcessEnd status(String job, long submitted) {
    return StatusFile.read(file(job, Word.STATUS), file(job, Word.MADE), job, submitted);
  }

  /**
   * Returns whether the script says that it did not begin a job: the batch had too little time, or
   * was cancelled first. The claim must still be taken before the job is submitted again.
   */
  boolean isLater(String job) {
    return BatchWord.read(file(job, Word.LATER)) != null;
  }

  /**
   * Claims a job, so that no script begins it from now on; without the folder none can. Returns
   * false if another owner has the claim; the same owner may claim again.
   */
  public boolean claim(String job, ClaimOwner me) throws IOException {
    Path claim = file(job, Word.CLAIM);
    try {
      Files.createDirectory(claim);
    } catch (FileAlreadyExistsException taken) {
      return me.equals(owner(job));
    } catch (NoSuchFileException gone) {
      return true;
    }
    sign(claim, me);
    return true;
  }

  private static void sign(Path claim, ClaimOwner me) throws IOException {
    give(claim);
    put(claim.resolve("by"), me.word(), false);
  }

  /**
   * Returns the owner of the claim on a job; null if no file names one. If {@link #words} has a
   * claim, the job is taken even so: its owner was killed before it wrote its name, or is about to
   * write it.
   */
  public ClaimOwner owner(String job) {
    return ClaimOwner.read(file(job, Word.CLAIM).resolve("by"));
  }

  /** Returns whether a torc has the claim: no script ran the job, or its end is recorded. */
  boolean isTaken(String job, Set<Word> there) {
    ClaimOwner by = there.contains(Word.CLAIM) ? owner(job) : null;
    return by != null && by.isTorc();
  }

  /** Returns whether nothing of a job is needed: a torc has the claim, and nothing lies aside. */
  boolean isDone(String job, Set<Word> there) {
    return isTaken(job, there) && !there.contains(Word.ASIDE);
  }

  /** Notes that a job's result is useless, before it is cancelled; after Ctrl-C, by INT first. */
  void unwanted(String job, boolean interrupted) throws IOException {
    put(file(job, Word.UNWANTED), interrupted ? INTERRUPTED : new byte[0], true);
  }

  /** Returns whether the removal of a folder has begun, by its name. */
  static boolean isGone(Path folder) {
    return folder.toString().endsWith(GONE);
  }

  /**
   * Removes the files of a job whose end is recorded, with those that still lie aside for it. The
   * claim stays, as torc's own: without it, a script that runs once more would run the job.
   */
  public void forget(String job, ClaimOwner me) throws IOException {
    if (!Files.isDirectory(path)) {
      return;
    }
    Path claim = file(job, Word.CLAIM);
    Files.createDirectories(claim);
    sign(claim, me);
    for (Word word : List.of(Word.BEGUN, Word.LATER, Word.UNWANTED, Word.MADE, Word.STATUS)) {
      OwnFile.remove(file(job, word));
    }
    OwnFile.remove(claim.resolve("end"));
    FileTree.remove(file(job, Word.ASIDE));
  }

  /**
   * Removes the folder with all claims, when nothing in it is needed; a script that runs once more
   * finds no place for a claim. Throws if anything still lies aside.
   */
  public void remove() throws IOException {
    if (!Files.isDirectory(path)) {
      return;
    }
    if (words().values().stream().anyMatch(words -> words.contains(Word.ASIDE))) {
      throw new DirectoryNotEmptyException(path.toString());
    }
    // Rename it first: while claims are removed one by one, no script may find the folder.
    Path gone = path.resolveSibling(path.getFileName() + GONE);
    Files.move(path, gone, StandardCopyOption.ATOMIC_MOVE);
    FileTree.remove(gone);
  }

  /** Makes the folder; if a group of users writes to the folder above, it may write here too. */
  void make() throws IOException {
    Files.createDirectories(path);
    give(path);
  }

  /** Gives a new file to its folder's group: a member may have to continue with it. */
  private static void give(Path made) throws IOException {
    GroupAccess.of(made.getParent()).give(made);
  }

  /** Writes a file that other hosts see whole or not at all; {@code sync} against a crash. */
  private static void put(Path file, byte[] bytes, boolean sync, FileAttribute<?>... made)
      throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Set<StandardOpenOption> how = EnumSet.of(CREATE, TRUNCATE_EXISTING, WRITE);
    try (FileChannel out = FileChannel.open(fresh, how, made)) {
      Channels.newOutputStream(out).write(bytes);
      if (sync) {
        out.force(false);
      }
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw new FileSystemException(file.toString(), null, e.getMessage()); // e names no file
    }
    give(fresh);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
