# A small organisation in a fresh Redmine: who is in it, and what each may do. Keys of the API are the logins.
Setting.rest_api_enabled = '1'
Setting.issue_group_assignment = '1'
Setting.display_subprojects_issues = '1'

def person(login, first, admin: false, hidden: false)
  user = User.new(firstname: first, lastname: 'Example', mail: "#{login}@example.org", admin: admin)
  user.login = login
  user.password = 'a-long-password'
  user.save!
  user.pref.update!(hide_mail: hidden)
  Token.where(user_id: user.id, action: 'api').delete_all
  Token.new(user: user, action: 'api').tap { |t| t.save!; t.update_column(:value, login.ljust(40, '0')) }
  user
end

boss = person('boss', 'Boss', admin: true)
ann = person('ann', 'Ann')
ben = person('ben', 'Ben')
shy = person('shy', 'Shy', hidden: true)
robot = person('build-bot', 'Build')
reader = person('reader', 'Reader')
alone = person('alone', 'Alone')
stranger = person('stranger', 'Stranger')

manager = Role.find_by!(name: 'Manager')
sees = Role.create!(name: 'Reader', issues_visibility: 'all', time_entries_visibility: 'all',
                    users_visibility: 'all', permissions: [:view_issues, :view_time_entries, :view_private_notes])
own = Role.create!(name: 'Own time', issues_visibility: 'default', time_entries_visibility: 'own',
                   users_visibility: 'members_of_visible_projects', permissions: [:view_issues, :view_time_entries])
blind = Role.create!(name: 'No time', issues_visibility: 'own', permissions: [:view_issues])
Role.non_member.update!(permissions: [])
Role.anonymous.update!(permissions: [])

everything = Tracker.all.to_a
IssueCustomField.create!(name: 'Story points', field_format: 'float', is_for_all: true, is_filter: true, trackers: everything)
IssueCustomField.create!(name: 'Squad', field_format: 'list', possible_values: %w[video audio], is_for_all: true, is_filter: true, trackers: everything)
IssueCustomField.create!(name: 'Platforms', field_format: 'list', possible_values: %w[web ios], multiple: true, is_for_all: true, trackers: everything)
TimeEntryCustomField.create!(name: 'Squad', field_format: 'list', possible_values: %w[video audio])

crew = Group.create!(lastname: 'Video crew')
crew.users << ann
crew.users << ben

def project(name, identifier, parent: nil, modules: %w[issue_tracking time_tracking])
  one = Project.create!(name: name, identifier: identifier, is_public: false, trackers: Tracker.all.to_a)
  one.set_parent!(parent) if parent
  one.enabled_module_names = modules
  one
end

alpha = project('Alpha', 'alpha')
inner = project('Alpha inside', 'alpha-inside', parent: alpha)
beta = project('Beta', 'beta')
secret = project('Secret', 'secret')
plain = project('Plain', 'plain', modules: %w[issue_tracking])
[alpha, inner, beta, plain].each do |one|
  { ann => manager, ben => manager, shy => manager, robot => manager, reader => sees, alone => own }.each do |who, role|
    Member.create!(project: one, principal: who, roles: [role])
  end
  Member.create!(project: one, principal: crew, roles: [manager]) if one == alpha
end
Member.create!(project: beta, principal: stranger, roles: [blind])
Member.create!(project: secret, principal: ann, roles: [manager])
IssueCategory.create!(project: alpha, name: 'Player')
Version.create!(project: alpha, name: '2.0')
