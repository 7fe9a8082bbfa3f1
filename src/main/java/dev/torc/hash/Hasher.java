package dev.torc.hash;

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

/** Reads files and computes SHA-256; {@link DigestMemo} decides which. Any thread may call it. */
final class Hasher {

  private static final int BUFFER = 1 << 16; // bytes

  /** Bytes from which a file is read in one thread and hashed in another. */
  private static final int LARGE = 4 * ReadAhead.PIECE;

  private record Work(MessageDigest sha256, byte[] buffer, Memory memory) {}

  /** A digest, and whether a process is known to have had the file open or mapped for writing. */
  record Read(Digest digest, boolean writers) {}

  private final ThreadLocal<Work> work =
      ThreadLocal.withInitial(
          () -> new Work(DigestUtils.getSha256Digest(), new byte[BUFFER], Memory.of(BUFFER)));
  private final StopFlag stop;
  private final LongAdder files = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  public Hasher(StopFlag stop) {
    this.stop = stop;
  }

  /**
   * Reads a whole file. The caller has seen that it is no FIFO, which would block, and later checks
   * that its {@code size} did not change. {@code ask} says whether to ask for writers. Throws a
   * {@link NoSuchFileException} if it is gone.
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

  /** Opens a file. Only files of the kernel itself, which have size 0, could make a read wait. */
  private static InputStream open(Path path, long size, Memory memory) throws IOException {
    return path.getFileSystem() == FileSystems.getDefault()
        ? InputFile.open(path.toString(), size > 0, memory)
        : Files.newInputStream(path);
  }

  public long filesHashed() {
    return files.sum();
  }

  public long bytesRead() {
    return bytes.sum();
  }

  /** Reads a stream in another thread: the next piece while the caller works on the last one. */
  static final class ReadAhead {

    /** Bytes of a piece: hashing them takes far longer than waking a thread. */
    static final int PIECE = 4 << 20;

    private ReadAhead() {}

    /** Passes the rest of a stream in pieces with their lengths; each is valid during the call. */
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
          length = ahead.join(); // an interrupt of the asking thread does not end this wait
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
