using Xunit;

namespace Tcpwhy.E2e.Hygiene;

/// <summary>Tests that look at the whole process, count the whole host or judge how its programs keep time: no other test runs meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
