package dev.torc.base.web;

/**
 * A request that cannot be sent, or a redirect that is not followed. Another try would not help.
 * Its message is one line without secrets.
 */
public final class WebRefusal extends RuntimeException {

  private static final long serialVersionUID = 1;

  WebRefusal(String message) {
    super(message, null, false, false);
  }
}
