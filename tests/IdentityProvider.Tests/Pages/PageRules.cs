using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace IdentityProvider.Tests.Pages;

/// <summary>What every page keeps in every state; each rule answers with its breaches, in words.</summary>
internal static class PageRules
{
    /// <summary>Structure, labels, words, sizes: read from the page as the browser built it.</summary>
    private const string Structure = """
        failed => {
          const broken = [], visible = e => e.getClientRects().length > 0 && e.closest('.hidden') === null;
          const all = (selector, root = document) => [...root.querySelectorAll(selector)].filter(visible);
          const name = e => e.outerHTML.slice(0, 120).replace(/\s+/g, ' ');
          if (document.querySelectorAll('main').length !== 1) broken.push('not one main');
          if (document.querySelectorAll('h1').length !== 1 || !document.querySelector('main h1')) broken.push('not one h1, in main');
          if (!document.documentElement.lang || document.documentElement.dir !== 'ltr') broken.push('lang or dir is missing');
          if (document.querySelector('[style], style, script:not([src]), [onclick], [onsubmit]')) broken.push('something is inline');

          for (const input of all('input, select, textarea')) {
            if (![...input.labels].some(visible)) broken.push(`no visible label: ${name(input)}`);
            if (!input.hasAttribute('autocomplete') && input.type !== 'checkbox') broken.push(`no autocomplete: ${name(input)}`);
            if (!input.id || (input.name !== input.id && !(input.type === 'checkbox' && input.closest('fieldset') && input.id.startsWith(`${input.name}-`)))) broken.push(`name is not id: ${name(input)}`);
            if (input.hasAttribute('maxlength') || input.hasAttribute('placeholder')) broken.push(`maxlength or placeholder: ${name(input)}`);
            for (const id of (input.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean))
              if (!document.getElementById(id)) broken.push(`describedby leads nowhere: ${name(input)}`);
            if (![null, 'true'].includes(input.getAttribute('aria-invalid'))) broken.push(`aria-invalid is not true: ${name(input)}`);
            if (input.type !== 'checkbox' && parseFloat(getComputedStyle(input).fontSize) < 16) broken.push(`smaller than 16px: ${name(input)}`);
            if (input.type !== 'checkbox' && input.getBoundingClientRect().height < 44) broken.push(`field lower than 44px: ${name(input)}`);
          }
          for (const form of document.querySelectorAll('form'))
            // A get that leads on changes nothing, and there is nothing to type that the browser could find wrong: only a tick to set.
            if (form.method === 'get' ? form.getAttribute('role') !== 'search' && form.querySelector('input:not([type=hidden], [type=checkbox])') : !form.noValidate) broken.push(`not a novalidate post: ${name(form)}`);
          for (const button of all('.button, form button[type=submit]'))
            if (button.getBoundingClientRect().height < 44) broken.push(`button lower than 44px: ${name(button)}`);
          for (const target of all('a[href], button, input, select, textarea, summary, [tabindex="0"]')) {
            const box = target.getBoundingClientRect();
            if (box.width < 24 || box.height < 24) broken.push(`target ${box.width} x ${box.height}: ${name(target)}`);
          }
          for (const control of document.querySelectorAll('[tabindex]'))
            if (control.tabIndex > 0) broken.push(`positive tabindex: ${name(control)}`);
          if (parseFloat(getComputedStyle(document.body).fontSize) < 16) broken.push('body smaller than 16px');

          const spoken = document.body.cloneNode(true);
          spoken.querySelectorAll('code, .wide').forEach(e => e.remove());
          const word = /\b(invalid|forbidden|oops|please|exception|unauthori[sz]ed)\b/i.exec(spoken.textContent);
          if (word) broken.push(`a word nobody should read: ${word[0]}`);
          if (!all('main a[href], main button').length && !/close this page|open the app|go back|sign-in that has just/i.test(spoken.textContent)) broken.push('no way forward');

          const summary = document.querySelector('[role=alert]');
          if (failed !== (summary !== null)) broken.push(failed ? 'no error summary' : 'an error summary without an error');
          if (summary) {
            if (document.activeElement !== summary) broken.push(`focus is on ${name(document.activeElement)} and not on the summary`);
            if (!summary.querySelector('h2')) broken.push('the summary has no heading');
            const links = [...summary.querySelectorAll('a')];
            if (!links.length) broken.push('the summary links to no field');
            for (const link of links) {
              const field = document.getElementById(link.hash.slice(1));
              const beside = field && document.getElementById(`${field.id}-error`);
              if (!beside || !beside.textContent.includes(link.textContent.trim())) broken.push(`no such words beside the field: ${link.textContent}`);
              const marked = field?.matches('fieldset') ? field.querySelector('input') : field;
              if (marked?.getAttribute('aria-invalid') !== 'true') broken.push(`not marked: ${name(field)}`);
            }
          }
          return broken;
        }
        """;

    private const string Overflow = """
        () => {
          const root = document.scrollingElement, broken = [];
          if (root.scrollWidth > innerWidth) broken.push(`scrolls sideways: ${root.scrollWidth} > ${innerWidth}`);
          for (const e of document.querySelectorAll('body *')) {
            const box = e.getBoundingClientRect(), style = getComputedStyle(e);
            if (!box.width || e.closest('.hidden, svg')) continue;
            if (box.right > innerWidth + 1 || box.left < -1) broken.push(`sticks out: ${e.outerHTML.slice(0, 100)}`);
            if (style.overflow !== 'visible' && !['INPUT', 'TEXTAREA'].includes(e.tagName) && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)) broken.push(`is cut: ${e.outerHTML.slice(0, 100)}`);
          }
          return broken;
        }
        """;

    /// <summary>WCAG 2.2 success criterion 1.4.12; a constructed sheet, because the pages' policy takes no inline style.</summary>
    private const string Spacing = """
        () => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }');
          document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
        }
        """;

    private const string ForcedColours = """
        () => [...document.querySelectorAll('button, .button, input:not([type=hidden]), select, textarea')]
          .filter(e => e.getClientRects().length && e.type !== 'checkbox' && !e.classList.contains('link'))
          .filter(e => { const s = getComputedStyle(e); return parseFloat(s.borderTopWidth) < 1 || s.borderTopStyle === 'none' || s.borderTopColor === s.backgroundColor; })
          .map(e => `no border in forced colours: ${e.outerHTML.slice(0, 100)}`)
        """;

    private const string Axe = """
        async rules => {
          const options = { resultTypes: ['violations'], ...(rules.length ? { runOnly: rules } : {}) };
          const { violations } = await axe.run(document, options);
          return violations.flatMap(v => v.nodes.map(n => `axe ${v.id}: ${v.help}: ${n.html.replace(/\s+/g, ' ')}: ${n.failureSummary}`));
        }
        """;

    private static readonly string AxeScript = new BundledAxeScriptProvider().GetScript() + "\n;true";

    public static async Task<IEnumerable<string>> StructureAsync(IPage page, PageState state)
    {
        var broken = (await page.EvaluateAsync<string[]>(Structure, state.Failed)).ToList();
        var title = $"{(state.Failed ? "Error: " : "")}{state.Title} - IdentityProvider";
        if (await page.TitleAsync() is var shown && shown != title)
            broken.Add($"title: {shown}");
        return broken;
    }

    /// <summary>All rules of axe, or those of the given ids. The script stays in the page, so that a second look is cheap.</summary>
    public static async Task<IEnumerable<string>> AxeAsync(IPage page, params string[] rules)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
            await page.EvaluateAsync(AxeScript);
        return await page.EvaluateAsync<string[]>(Axe, rules);
    }

    public static async Task<IEnumerable<string>> FitAsync(IPage page, int width, int height)
    {
        await page.SetViewportSizeAsync(width, height);
        return (await page.EvaluateAsync<string[]>(Overflow)).Select(b => $"{width} x {height}: {b}");
    }

    public static Task SpaceTextAsync(IPage page) => page.EvaluateAsync(Spacing);

    public static async Task<IEnumerable<string>> ForcedColoursAsync(IPage page) => await page.EvaluateAsync<string[]>(ForcedColours);

    /// <summary>Nobody but the server itself is asked for anything (a client's page is another matter).</summary>
    public static IEnumerable<string> Strangers(Tab tab, params Uri[] own) =>
        tab.Requested.Where(uri => uri.Scheme != "data" && !own.Any(o => o.Authority == uri.Authority)).Select(uri => $"asked {uri}");
}
