package dev.torc.hash;

import dev.torc.hash.StopFlag.StoppedException;
import dev.torc.posix.InputFile;
import dev.torc.posix.Memory;
import dev.torc.text.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjIntConsumer;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Reads files and computes SHA-256 over their bytes. {@link DigestMemo} decides whether a file has
 * to be read at all, and whether it held still meanwhile. Safe for use by several threads; each has
 * its own buffer.
 */
final class Hasher {

  private static final int BUFFER = 1 << 16; // bytes

  /** From so many bytes on, the file is read in one thread and hashed in another. */
  private static final int LARGE = 4 * ReadAhead.PIECE;

  private record Work(MessageDigest sha256, byte[] buffer, Memory memory) {}

  /**
   * What a file holds.
   *
   * @param writers whether any process had it open for writing, or mapped so, when reading began;
   *     false where the system does not tell, or was not asked
   */
  record Read(Digest digest, boolean writers) {}

  private final ThreadLocal<Work> work =
      ThreadLocal.withInitial(
          () -> new Work(DigestUtils.getSha256Digest(), new byte[BUFFER], Memory.of(BUFFER)));
  private final StopFlag stop;
  private final LongAdder files = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  /** Reads until it is told to stop. */
  public Hasher(StopFlag stop) {
    this.stop = stop;
  }

  /**
   * Reads a whole file. The caller has seen by the stamp that it is a file: a FIFO would block.
   *
   * @param size bytes that it has by its stamp; the caller looks again whether it still had them
   * @param ask whether to ask for writers
   * @throws NoSuchFileException where it is gone
   * @throws StoppedException where it was told to stop
   * @throws IOException with a line that names the path, where it cannot be read
   */
  public Read file(Path path, long size, boolean ask) throws IOException {
    Work w = work.get();
    w.sha256.reset();
    boolean writers;
    try (InputStream in = open(path, size, w.memory)) {
      writers = ask && in instanceof InputFile file && file.hasWriters();
      if (size < LARGE) {
        read(in, size, w);
      } else {
        ReadAhead.each(
            in,
            (piece, length) -> {
              w.sha256.update(piece, 0, length);
              bytes.add(length);
              stop.check();
            });
      }
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("cannot read " + path + ": " + Refusal.why(e), e);
    }
    files.increment();
    return new Read(Digest.of(w.sha256.digest()), writers);
  }

  private void read(InputStream in, long size, Work w) throws IOException {
    int most = (int) Math.min(size + 1, BUFFER);
    long read = 0;
    for (int n = in.read(w.buffer, 0, most); n >= 0; n = in.read(w.buffer, 0, most)) {
      w.sha256.update(w.buffer, 0, n);
      bytes.add(n);
      stop.check();
      read += n;
      if (read == size && n < most) {
        break; // all of it, and there was room for more
      }
    }
  }

  /** Opens a file; only files of the kernel's own, which have no size, could make a read wait. */
  private static InputStream open(Path path, long size, Memory memory) throws IOException {
    return path.getFileSystem() == FileSystems.getDefault()
        ? InputFile.open(path.toString(), size > 0, memory)
        : Files.newInputStream(path);
  }

  /** Returns how many files were read to their end. */
  public long filesHashed() {
    return files.sum();
  }

  /** Returns how many bytes were read. */
  public long bytesRead() {
    return bytes.sum();
  }

  /**
   * Reads a stream piece by piece in a thread of its own: the next piece while the caller works on
   * the last one. It does nothing with the bytes.
   */
  static final class ReadAhead {

    /** Bytes of a piece: to hash so many takes longer by far than to wake a thread. */
    static final int PIECE = 4 << 20;

    private ReadAhead() {}

    /**
     * Hands over all that is left of a stream, piece by piece; returns when the last was taken.
     *
     * @param pieces takes bytes, which are its own until it returns, and how many of them count
     */
    static void each(InputStream in, ObjIntConsumer<byte[]> pieces) throws IOException {
      try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
        byte[] now = new byte[PIECE];
        byte[] then = new byte[PIECE];
        int length = in.readNBytes(now, 0, PIECE);
        while (length > 0) {
          byte[] next = then;
          CompletableFuture<Integer> ahead =
              CompletableFuture.supplyAsync(() -> read(in, next), reader);
          pieces.accept(now, length);
          then = now;
          now = next;
          length = ahead.join(); // an interrupt of the thread that asked does not end this wait
        }
      } catch (CompletionException e) {
        if (e.getCause() instanceof UncheckedIOException failed) {
          throw failed.getCause();
        }
        throw e;
      }
    }

    private static int read(InputStream in, byte[] piece) {
      try {
        return in.readNBytes(piece, 0, PIECE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
