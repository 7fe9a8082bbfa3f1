package dev.torc.server;

import dev.torc.posix.Descriptor;
import dev.torc.posix.FileStatus;
import dev.torc.posix.OtherProcess;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Standard output or error of a client: the file that the client has open, so bytes land where its
 * own would, in the same order. A write waits while the client is stopped or the file has no room,
 * and ends when the client is gone. After the client has its answer, nothing is written.
 */
final class ClientStream extends OutputStream {

  private static final int PIECE = 4096; // a FIFO that can be written has room for so much
  private static final int PATIENCE = 100; // milliseconds until the client is looked at again
  private static final int ACCESS = 3;
  private static final int APPEND = 02000;

  private final Descriptor file;
  private final ServedCall call;

  /**
   * Opens a stream of a client by its number there; throws {@link ServedCall.Cold} if it cannot.
   */
  ClientStream(OtherProcess client, int number, ServedCall call) throws IOException {
    this.call = call;
    String info = client.text("fdinfo/" + number);
    int at = info.indexOf("flags:");
    int flags = at < 0 ? 0 : Integer.parseInt(info.substring(at + 6).strip().split("\\s")[0], 8);
    if ((flags & ACCESS) == 0) {
      throw new ServedCall.Cold("stream " + number + " cannot be written");
    }
    file = open(client, number, (flags & APPEND) != 0);
  }

  /**
   * Takes the open file itself. A FIFO or a terminal is opened anew if possible, so that no write
   * waits: that is the same file, too, as is one that is only appended to.
   */
  private static Descriptor open(OtherProcess client, int number, boolean appends)
      throws IOException {
    String path = client.path("fd/" + number);
    FileStatus kind = FileStatus.of(path, true);
    Descriptor same = client.descriptor(number);
    boolean unwaiting = kind.isFifo() || same != null && same.isTerminal();
    if (same != null && !unwaiting) {
      return same;
    }
    try {
      if (!kind.isFifo() && !kind.isDevice() && !(kind.isFile() && appends)) {
        throw new ServedCall.Cold("stream " + number + " is a file that cannot be opened anew");
      }
      Descriptor anew = Descriptor.openToAppend(path);
      if (same != null) {
        same.close();
      }
      return anew;
    } catch (IOException refused) {
      if (same == null) {
        throw new ServedCall.Cold("stream " + number + ": " + refused.getMessage());
      }
      return same;
    }
  }

  Descriptor file() {
    return file;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    int end = from + length;
    for (int at = from; at < end && call.begin(); ) {
      if (file.writable(PATIENCE) && call.awaitContinued()) {
        at += file.write(bytes, at, Math.min(PIECE, end - at));
      }
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
