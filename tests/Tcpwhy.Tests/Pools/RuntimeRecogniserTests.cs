using Tcpwhy.Kernel.Proc;
using Tcpwhy.Pools.Runtimes;
using Xunit;

namespace Tcpwhy.Tests.Pools;

public class RuntimeRecogniserTests
{
    [Theory]
    [InlineData("/usr/lib/jvm/java-17/bin/java", Runtime.Java)]
    [InlineData("/usr/bin/nodejs", Runtime.NodeJs)]
    [InlineData("/usr/local/bin/node", Runtime.NodeJs)]
    [InlineData("/root/.pyenv/versions/3.12.1/bin/python3.12", Runtime.Python)]
    [InlineData("/usr/sbin/php-fpm8.2", Runtime.Php)]
    [InlineData("/usr/sbin/nginx", Runtime.Nginx)]
    [InlineData("nginx: worker process", Runtime.Nginx)]
    [InlineData("/usr/bin/dotnet", Runtime.DotNet)]
    [InlineData("/usr/sbin/haproxy", Runtime.Haproxy)]
    [InlineData("/usr/bin/ruby3.1", Runtime.Ruby)]
    [InlineData("/usr/bin/javascriptcore", null)]
    [InlineData("/usr/bin/nodetool", null)]
    [InlineData("/usr/bin/curl", null)]
    [InlineData("", null)]
    public void A_program_s_name_tells_what_it_runs(string path, Runtime? expected) => Assert.Equal(expected, RuntimeRecogniser.ByName(path));

    [Theory]
    [InlineData("7f00-7f01 r-xp 0 08:01 5 /usr/lib/jvm/17/lib/server/libjvm.so", Runtime.Java)]
    [InlineData("7f00-7f01 rw-s 0 00:01 5 /memfd:doublemapper (deleted)", Runtime.DotNet)]
    [InlineData("7f00-7f01 r-xp 0 08:01 5 /usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", Runtime.Python)]
    [InlineData("7f00-7f01 r-xp 0 08:01 5 /usr/lib/libc.so.6", null)]
    public void What_it_has_mapped_tells_too(string maps, Runtime? expected) => Assert.Equal(expected, RuntimeRecogniser.ByMaps(maps));

    [Fact]
    public void This_process_is_recognised() => Assert.Equal(Runtime.DotNet, RuntimeRecogniser.Of(new ProcFs(), Environment.ProcessId));

    [Fact]
    public void A_process_that_is_gone_is_unknown() => Assert.Equal(Runtime.Unknown, RuntimeRecogniser.Of(new ProcFs(), int.MaxValue));
}
