import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { post, startCollectorProgram, temporaryFolder } from '../collector.ts';
import { needsServer } from '../services/needs-server.ts';
import { programPath } from '../services/programs.ts';

const HOSTILE = '<img src=x onerror="window.hacked=1">';

/** A node that posts every second until it is silenced. */
interface Sender {
  readonly cluster: string;
  silent: boolean;
}

needsServer('chromium')('the page', () => {
  const folder = temporaryFolder();
  const senders = new Map<string, Sender>();
  const complaints: string[] = [];
  const asked = new Set<string>();
  let collector: Awaited<ReturnType<typeof startCollectorProgram>>;
  let browser: Browser;
  let page: Page;
  let feeding: NodeJS.Timeout;
  let ticks = 0;

  beforeAll(async () => {
    collector = await startCollectorProgram(folder.path);
    feeding = setInterval(() => {
      ticks++;
      for (const [name, sender] of senders)
        if (!sender.silent) void post(collector.url, readingOf(name, sender.cluster, ticks)).catch(unanswered);
    }, 1000);
    // Chromium refuses to run its sandbox as root.
    browser = await chromium.launch({ executablePath: programPath('chromium'), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
    page = await browser.newPage();
    page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => asked.add(new URL(request.url()).origin));
    await page.goto(collector.url);
  });

  afterAll(async () => {
    clearInterval(feeding);
    await browser?.close();
    await collector?.kill();
    folder.remove();
  });

  const send = (name: string, cluster = 'dahu'): Sender => {
    const sender = { cluster, silent: false };
    senders.set(name, sender);
    return sender;
  };
  // After the collector has been killed nobody takes a post, and nobody needs it.
  const unanswered = (error: unknown): void => {
    if (collector.child.signalCode === null) complaints.push(String(error));
  };

  it('says so where no node has sent anything', async () => {
    await expect.poll(() => page.innerText('#waiting')).toContain('No node has sent anything yet');
  });

  it('shows a lone node in full, with numbers that follow what it sends', async () => {
    send('dahu-1');
    await page.waitForSelector('#solo h2');
    expect(await page.innerText('#solo h2')).toBe('dahu-1');
    expect(await page.innerText('#solo .node-head .state')).toContain('alive');
    // Three quarters of each second go to user and system on both CPUs.
    await expect.poll(() => page.innerText('#solo .cards .big >> nth=0'), within).toBe('75\u00a0%');
    expect(await page.locator('#solo .core').count()).toBe(2);
    await expect.poll(() => page.locator('#solo .parts').innerText(), within).toMatch(/sda\s+1\sMB\/s/);
    const load = await page.innerText('#solo .cards .big >> nth=1');
    await expect.poll(() => page.innerText('#solo .cards .big >> nth=1'), within).not.toBe(load);
    expect(await page.innerText('#solo .cards')).toContain('this node sends no temperature');
  });

  it('lists several nodes, and tells alive, late and down apart as one goes silent', async () => {
    const silent = send('dahu-2');
    const row = page.locator('[data-node="dahu-2"].row');
    await expect.poll(() => row.locator('.state').innerText(), within).toBe('alive');
    await expect.poll(() => row.locator('.cell.cpu').innerText(), within).toContain('75');
    expect(await row.locator('.cell.memory').innerText()).toMatch(/^6\sGiB \/ 8\sGiB/);
    expect(await row.locator('.cell.temperature').innerText()).toBe('–');
    silent.silent = true;
    await expect.poll(() => row.locator('.state').innerText(), often).toBe('late');
    await expect.poll(() => row.locator('.state').innerText(), within).toBe('down');
    expect(await row.locator('.cell.cpu').innerText()).toBe('–');
    expect(await row.locator('.cell.cpu').getAttribute('title')).toContain('the last was 75');
    expect(await page.innerText('#counts')).toMatch(/1 alive\s+0 late\s+1 down/);
    // The worst state stands first.
    expect(await page.locator('.body .row').first().getAttribute('data-node')).toBe('dahu-2');
  });

  it('shows a refusal as text, and takes no label for markup', async () => {
    send('graphite-1', HOSTILE);
    const row = page.locator('.row[data-node="graphite-1"]');
    await expect.poll(() => row.count(), within).toBe(1);
    expect(await row.locator('.cluster').innerText()).toBe(HOSTILE);
    expect(await page.innerText('#clusters')).toContain(HOSTILE);
    const refused = await post(collector.url, `node,instance=graphite-1 ${escaped(HOSTILE)}=1 ${Date.now()}\n`);
    expect(refused.status).toBe(400);
    await expect.poll(() => row.locator('.note').innerText(), within).toMatch(/^lines refused (just now|.* ago): .*<img src=x/);
    await row.locator('a').click();
    await expect.poll(() => page.locator('#panel').innerText(), within).toContain('/<script>window.hacked=1</script>');
    expect(new URL(page.url()).searchParams.get('node')).toBe('graphite-1');
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.locator('body img, body script').count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await page.locator('#panel').isVisible()).toBe(false);
    await expect.poll(() => new URL(page.url()).search).toBe('');
  });

  it('carries filter and sort in its address', async () => {
    await page.fill('#filter', 'dahu state:alive');
    await expect.poll(() => page.locator('.body .row').count()).toBe(1);
    expect(await page.innerText('#matching')).toBe('1 of 3 nodes');
    await page.click('.head .cpu button');
    expect(new URL(page.url()).search).toBe('?q=dahu+state%3Aalive&sort=-cpu');
    await page.reload();
    await expect.poll(() => page.locator('.body .row').count(), within).toBe(1);
    expect(await page.inputValue('#filter')).toBe('dahu state:alive');
    expect(await page.getAttribute('.head .cpu', 'aria-sort')).toBe('descending');
  });

  it('asks no other host, and breaks nothing of what browsers check', async () => {
    expect([...asked]).toEqual([collector.url]);
    expect(complaints).toEqual([]);
    const policy = (await fetch(collector.url)).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it('says since when the collector does not answer, and keeps the last numbers', async () => {
    clearInterval(feeding);
    await collector.kill();
    await expect.poll(() => page.innerText('#trouble'), within).toMatch(/not answered since \d\d:\d\d:\d\d .*cannot be reached/);
    expect(await page.locator('body.stale').count()).toBe(1);
    expect(await page.locator('.body .row').count()).toBe(1);
  });
});

const within = { timeout: 20_000, interval: 100 };
const often = { timeout: 20_000, interval: 25 };

/** A second in which two CPUs of a node were busy for three quarters, a disk read 1 MB and 6 of 8 GiB were used. */
function readingOf(node: string, cluster: string, tick: number): string {
  const at = Date.now();
  const of = `instance=${node},cluster=${escaped(cluster)}`;
  const modes = { user: 0.5, system: 0.25, idle: 0.25 };
  const cpus = [0, 1].flatMap((cpu) =>
    Object.entries(modes).map(([mode, share]) => `node_cpu,${of},cpu=${cpu},mode=${mode} seconds_total=${100 + tick * share} ${at}`),
  );
  const lines = [
    ...cpus,
    `node,${of} load1=${tick} ${at}`,
    // The counters' own clock, so that rates are exact however late a post comes.
    `node_time,${of} seconds=${tick} ${at}`,
    `node_memory,${of} MemTotal_bytes=${8 * 2 ** 30},MemAvailable_bytes=${2 * 2 ** 30} ${at}`,
    `node_disk,${of},device=sda read_bytes_total=${tick * 1e6},written_bytes_total=0 ${at}`,
    String.raw`node_filesystem,${of},mountpoint=/<script>window.hacked\=1</script> size_bytes=10,avail_bytes=1 ${at}`,
  ];
  return `${lines.join('\n')}\n`;
}

function escaped(tag: string): string {
  return tag.replaceAll(/[ ,=]/g, String.raw`\$&`);
}
