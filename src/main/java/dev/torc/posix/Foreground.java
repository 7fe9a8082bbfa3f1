package dev.torc.posix;

/**
 * Lends our controlling terminal to a job's process group, as a shell does, and takes it back with
 * the settings that it had. Where there is no terminal, or another process has it, nothing is lent.
 */
public final class Foreground implements AutoCloseable {

  private final int group;
  private final int own = Terminal.ownGroup();
  private int terminal = -1;
  private byte[] settings;

  /** Lends it, if there is one and we have it. */
  public Foreground(int group) {
    this.group = group;
    lend();
  }

  /** Whether the group has the terminal from us. */
  public boolean lent() {
    return terminal >= 0;
  }

  /**
   * Lends it (again). The group may have stopped because it read before the terminal was its own,
   * so it is continued.
   */
  public void lend() {
    for (int fd = 0; fd <= 2 && terminal < 0; fd++) {
      if (Terminal.foreground(fd) == own) {
        terminal = fd;
      }
    }
    if (lent()) {
      settings = settings == null ? Terminal.settings(terminal) : settings;
      Terminal.setForeground(terminal, group);
      Kill.group(group, Kill.CONT);
    }
  }

  /** Takes the terminal back. */
  @Override
  public void close() {
    if (lent()) {
      Terminal.setForeground(terminal, own);
      Terminal.set(terminal, settings);
      terminal = -1;
    }
  }

  /**
   * The group was stopped from the keyboard: takes the terminal back and stops our own group too,
   * so that the shell that called us has its prompt; returns when we are continued, with the group
   * continued as well.
   */
  public void suspend() {
    byte[] job = lent() ? Terminal.settings(terminal) : null;
    close();
    Kill.stopOwnGroup();
    settings = null; // the shell may have changed them
    lend();
    Terminal.set(terminal, job);
    Kill.group(group, Kill.CONT);
  }
}
