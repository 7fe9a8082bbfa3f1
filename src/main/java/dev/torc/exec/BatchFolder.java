package dev.torc.exec;

import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The folder of one script of batches on the shared file system: what the script says there of its
 * jobs, and torc's own claims. Jobs are known by the names of their claims. It does not know
 * whether a script still runs: the scheduler does.
 *
 * @param path absolute
 */
public record BatchFolder(Path path) {

  /** What may be there of a job; its name and this one's in lower case are the file's name. */
  public enum Word {
    /** A folder: somebody has the job, for ever. */
    CLAIM,
    /** A folder: what stood in the places of its products when its script claimed it. */
    ASIDE,
    /** Its script cleared the places of its products; its processes start. */
    BEGUN,
    /** Its script did not begin it and left it for another submission; there is no claim. */
    LATER,
    /** It is over. */
    STATUS;

    private final String ending = "." + name().toLowerCase(Locale.ROOT);
  }

  /** Where the script itself is best written. */
  public Path script() {
    return path.resolve("script");
  }

  /** Writes the script, whole or not at all. */
  public void writeScript(byte[] text) throws IOException {
    put(script(), text);
  }

  /** What there is of each job, by one listing of the folder; of one without a word, nothing. */
  public Map<String, Set<Word>> words() throws IOException {
    Map<String, Set<Word>> words = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        for (Word word : Word.values()) {
          if (name.endsWith(word.ending)) {
            String job = name.substring(0, name.length() - word.ending.length());
            words.computeIfAbsent(job, _ -> EnumSet.noneOf(Word.class)).add(word);
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return words;
  }

  private Path file(String job, Word word) {
    return path.resolve(job + word.ending);
  }

  /** Where a product went that stood there before, whether it did or not. */
  public Path aside(String job, int product) {
    return file(job, Word.ASIDE).resolve(Integer.toString(product));
  }

  /** Who began it, and when; null where there is no word of that yet. */
  public Claimant begun(String job) {
    return Claimant.read(file(job, Word.BEGUN));
  }

  /** How it ended; null where there is no word of that yet. */
  public BatchStatus status(String job) {
    BatchStatus status = BatchStatus.read(file(job, Word.STATUS));
    return status != null && status.job().equals(job) ? status : null;
  }

  /**
   * Why its script did not begin it: {@code time}, which the rest of the batch's did not hold, or
   * {@code cancelled} before it was its turn; null where there is no word of that. The claim is
   * still to be taken before the job is submitted anew.
   */
  public String later(String job) {
    BatchWord word = BatchWord.read(file(job, Word.LATER));
    return word == null || word.all("reason").isEmpty() ? null : word.all("reason").getFirst();
  }

  /**
   * Takes a job, so that no script begins it from now on.
   *
   * @return false where somebody has it, the same claimant in an earlier call apart
   */
  public boolean claim(String job, Claimant me) throws IOException {
    Path claim = file(job, Word.CLAIM);
    try {
      Files.createDirectory(claim);
    } catch (FileAlreadyExistsException taken) {
      return me.equals(claimant(job));
    }
    put(claim.resolve("by"), me.word());
    return true;
  }

  /**
   * Who has a job; null where there is no word of that. With a claim in {@link #words} somebody has
   * it all the same, who was killed before it could say so, or is about to.
   */
  public Claimant claimant(String job) {
    return Claimant.read(file(job, Word.CLAIM).resolve("by"));
  }

  /**
   * Takes away what there is of a job whose end is recorded, but for its claim: without that, a
   * script that is run once more would run it. Where something of it lies aside, that stays too.
   */
  public void forget(String job) throws IOException {
    for (Word word : List.of(Word.BEGUN, Word.LATER, Word.STATUS)) {
      OwnFile.remove(file(job, word));
    }
    for (String inside : List.of("by", "end")) {
      OwnFile.remove(file(job, Word.CLAIM).resolve(inside));
    }
    try {
      Files.deleteIfExists(file(job, Word.ASIDE));
    } catch (DirectoryNotEmptyException kept) {
      return; // whoever knows whose that is takes it from there
    }
  }

  /**
   * Takes the folder away with all claims, when nothing of it is of use any more; a script that is
   * run once more finds no place for a claim. Throws {@link DirectoryNotEmptyException} where
   * something lies aside.
   */
  public void remove() throws IOException {
    for (Map.Entry<String, Set<Word>> job : words().entrySet()) {
      if (job.getValue().contains(Word.ASIDE)) {
        Files.delete(file(job.getKey(), Word.ASIDE));
      }
    }
    // By another name first: while claims go one by one, no script may find the folder.
    Path gone = path.resolveSibling(path.getFileName() + ".gone");
    Files.move(path, gone, StandardCopyOption.ATOMIC_MOVE);
    delete(gone);
  }

  private static void delete(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          delete(file);
        } else {
          Files.delete(file);
        }
      }
    }
    Files.delete(folder);
  }

  /** Writes a file that readers on other hosts see whole or not at all. */
  private static void put(Path file, byte[] bytes) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        out.write(rest);
      }
      out.force(false);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
