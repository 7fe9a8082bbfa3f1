package dev.torc.core.model;

/**
 * A key of a feature, as a job carries it. The text says what the feature has read. Only the
 * feature reads it, as a value of its own, so its classes are loaded for jobs that have the key.
 * The core stores the text, and knows its effect.
 *
 * @param effect one of the constants; they are texts, since an enum is one more class at each start
 */
public record Extra(Template text, String effect) {

  /** Nothing: only the feature asks for it. */
  public static final String NONE = "";

  /** Decides whether a result is valid: key and text are a line of the manifest. */
  public static final String COUNTS = "*counts";

  /** The job stays as it is: it does not run, and nothing before it has to run for it. */
  public static final String STAYS = "*stays";

  /** The text is the {@link Surroundings} of the job. */
  public static final String SURROUNDS = "*surrounds";

  /** The job takes no cpu of this machine. */
  public static final String IDLE = "*idle";

  /** Creates one without effect in the core. */
  public Extra(Template text) {
    this(text, NONE);
  }
}
