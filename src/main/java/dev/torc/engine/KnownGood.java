package dev.torc.engine;

import dev.torc.results.Result;
import dev.torc.results.ResultParts;

/**
 * A good result that is known for what a job is now.
 *
 * @param parts where its products are, as far as they do not stand in their places
 */
record KnownGood(Result result, ResultParts parts) {}
